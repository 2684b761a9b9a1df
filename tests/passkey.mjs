// Passkeys with Chromium's own authenticator: registered by name, a second factor after the password, sign-in without one, and
// the proof before what is dangerous; nothing of it works without the authenticator.
import assert from 'node:assert/strict';
import { newAccount, recovered, enter, setPassword } from './lib/account.mjs';
import { code as unique, say, seen, send, signIn } from './lib/house.mjs';

// An account that was got back is told on every page of those who run accounts.
export const alone = true;
export const views = (view) => view.js && view.width === (view.lang === 'ja' ? 1280 : 390);

export default async function (context) {
  const login = unique().toLowerCase();
  const chief = await signIn(context, 'murakami');
  const account = await newAccount(context, chief, login, `${[...login].reverse().join('')} ${say(context, '鍵', 'Key')}`);
  const code = await recovered(context, chief, account);

  // A passkey belongs to a host name, and an address in numbers is none.
  const numbers = context.url.replace('localhost', '127.0.0.1');
  const names = context.url.replace('127.0.0.1', 'localhost');
  const page = await context.open();
  await page.goto(`${numbers}/sign-in/passkey`);
  assert.equal(await page.locator('form[data-passkey]').count(), 0);
  await seen(context, page);
  await setPassword({ ...bound(page, names) }, login, code);

  const devtools = await page.context().newCDPSession(page);
  await devtools.send('WebAuthn.enable');
  const options = { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true };
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', { options });
  const verified = (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified });
  const out = () => page.context().clearCookies();

  await enter(page, login);
  await page.waitForURL('**/today');
  await page.goto(`${names}/account/passkey`);
  await seen(context, page);
  await page.fill('input[name=label]', say(context, '総務課のノートパソコン', 'Laptop'));
  await send(page, '/account/passkey');
  await page.waitForSelector('.sk-codes');
  const { credentials } = await devtools.send('WebAuthn.getCredentials', { authenticatorId });
  assert.equal(credentials.length, 1);
  await page.goto(`${names}/account/factors`);
  await seen(context, page);

  // After the password: the key in place of a code.
  await out();
  await page.goto(`${names}/sign-in`);
  await enter(page, login);
  await page.waitForURL(/sign-in\/factor/);
  await seen(context, page);
  await page.click('form[data-passkey] button');
  await page.waitForURL('**/today');

  // Alone, and only with finger or PIN.
  await out();
  await page.goto(`${names}/sign-in/passkey`);
  await seen(context, page);
  await verified(false);
  await page.click('form[data-passkey] button');
  await page.waitForSelector('form[data-passkey] [role=alert]:not([hidden])');
  await verified(true);
  await page.click('form[data-passkey] button');
  await page.waitForURL('**/today');
  await page.goto(`${names}/sign-in/again?next=/account`);
  await page.click('form[data-passkey] button');
  await page.waitForURL(`${names}/account`);

  // Once removed it opens nothing.
  await page.goto(`${names}/account/factors`);
  await page.click('main td a');
  await page.click('form button.sk-danger');
  await page.waitForURL('**/account/factors');
  await out();
  await page.goto(`${names}/sign-in/passkey`);
  await page.click('form[data-passkey] button');
  await page.waitForSelector('h1 + [role=alert]');
  await seen(context, page);
}

/** The page with its addresses under another name of the house. */
function bound(page, base) {
  return {
    goto: (path) => page.goto(base + path),
    fill: (...words) => page.fill(...words),
    click: (...words) => page.click(...words),
    waitForURL: (...words) => page.waitForURL(...words),
  };
}
