// An account from nothing: two administrators issue a code, its owner sets a password, registers an authenticator app, signs
// in with it, loses it and comes in by a recovery code, which administrators are told.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { SECRET, newAccount, recovered, enter } from './lib/account.mjs';
import { code as unique, say, seen, send, signIn } from './lib/house.mjs';

// Whoever says that an alarm was seen says it for all.
export const alone = true;

export default async function (context) {
  const { open } = context;
  const login = unique().toLowerCase();
  const name = `${[...login].reverse().join('')} ${say(context, '試験', 'Test')}`; // told apart by its first letters
  const chief = await signIn(context, 'murakami');
  const account = await newAccount(context, chief, login, name);
  const password = await recovered(context, chief, account);

  const page = await open('/sign-in');
  await page.click('a[href="/sign-in/recover"]');
  await seen(context, page);
  await page.fill('input[name=login]', login);
  await page.fill('input[name=code]', '0000-0000-0000-0000');
  await page.fill('input[name=password]', SECRET);
  await send(page, '/sign-in/recover');
  assert.equal(await page.locator('.sk-faults').count(), 1, 'a wrong code is told');
  await seen(context, page);
  await page.fill('input[name=code]', password);
  await page.fill('input[name=password]', SECRET);
  await send(page, '/sign-in/recover');
  await page.waitForURL('**/sign-in?recovered=1');
  await seen(context, page);

  await enter(page, login);
  await page.waitForURL('**/today');
  await page.goto('/account');
  await seen(context, page);
  await page.click('main a[href="/account/factors"]');
  await seen(context, page);
  const { secret, codes } = await register(context, page);

  const again = await open('/sign-in');
  await enter(again, login);
  await again.waitForURL(/\/sign-in\/factor/);
  await seen(context, again);
  await again.fill('input[name=code]', '000000');
  await send(again, '/sign-in/factor');
  assert.equal(await again.locator('[role=alert]').count(), 1);
  await again.fill('input[name=code]', await fresh(secret));
  await send(again, '/sign-in/factor');
  await again.waitForURL('**/today');
  await again.goto('/sign-in/again?next=/account');
  await seen(context, again);

  const lost = await open('/sign-in');
  await enter(lost, login);
  await lost.click('details summary');
  await seen(context, lost);
  await lost.fill('input[name=code]', codes[0]);
  await send(lost, '/sign-in/factor');
  await lost.waitForURL('**/today');
  await lost.goto('/account/factors/totp/remove');
  await seen(context, lost);
  await send(lost, '/account/factors/totp/remove');
  await lost.waitForURL('**/account/factors');

  await chief.goto('/today');
  const told = chief.locator('.sk-notice', { hasText: login });
  assert.equal(await told.count(), 1, 'administrators are told');
  await seen(context, chief);
  await send(chief, '/alarms');
  await chief.waitForURL('**/accounts');
  assert.equal(await chief.locator('.sk-notice', { hasText: login }).count(), 0, 'until one has seen it');
}

/** Registers an authenticator app; its secret and the recovery codes. */
async function register(context, page) {
  await page.click('main a[href="/account/totp"]');
  await seen(context, page);
  const secret = (await page.locator('.sk-code').innerText()).replaceAll(' ', '');
  await page.fill('input[name=code]', '000000');
  await send(page, '/account/totp');
  assert.equal(await page.locator('.sk-faults').count(), 1);
  await seen(context, page);
  await page.fill('input[name=code]', code(secret, Date.now()));
  await send(page, '/account/totp');
  const codes = await page.locator('.sk-code').allInnerTexts();
  assert.equal(new Set(codes).size, 10);
  await seen(context, page);
  return { secret, codes };
}

/** The next code that was not used yet: the clock may be one step behind it. */
async function fresh(secret) {
  return code(secret, Date.now() + 30_000);
}

/** A code as RFC 6238 makes it. */
function code(secret, at) {
  const bits = [...secret].map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  return String((hash.readUInt32BE(hash[19] & 15) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
