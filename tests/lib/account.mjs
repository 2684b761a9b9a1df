// An account from nothing, as two administrators and its owner make it.
import assert from 'node:assert/strict';
import { pick, seen, send, signIn } from './house.mjs';

/** The password that owners choose. */
export const SECRET = 'つきみの かぜの わたる はし';

/** A person with an account that has no password yet; the address of the account. */
export async function newAccount(context, page, login, name) {
  await page.goto('/r/person/new');
  await page.fill('input[name=name]', name);
  await pick(context, page, 'unit', '総務課');
  await page.check('input[name=employment]:first-of-type >> nth=0').catch(() => page.selectOption('select[name=employment]', { index: 1 }));
  await send(page, '/r/person/new');
  await page.waitForURL(/\/r\/person\/[0-9a-v]{26}/);
  await page.goto('/r/account/new');
  await page.fill('input[name=login]', login);
  await pick(context, page, 'person', name);
  await send(page, '/r/account/new');
  await page.waitForURL(/\/r\/account\/[0-9a-v]{26}/);
  const id = /[0-9a-v]{26}/.exec(page.url())[0];
  await page.goto('/accounts');
  await seen(context, page);
  await page.goto(`/accounts?q=${login}`);
  await page.click(`main a[href="/accounts/${id}"]`);
  await seen(context, page);
  return `/accounts/${id}`;
}

/** Two administrators issue the code of a recovery. */
export async function recovered(context, chief, account) {
  await chief.goto(`${account}/recover`);
  await seen(context, chief);
  await send(chief, `${account}/recover`);
  await chief.waitForURL(`**${account}?done=recover`);
  assert.equal(await chief.locator(`a[href="${account}/confirm"]`).count(), 0, 'nobody confirms themselves');
  await seen(context, chief);
  const other = await signIn(context, 'myoko');
  await other.goto(`${account}/confirm`);
  await seen(context, other);
  await send(other, `${account}/confirm`);
  const code = await other.locator('.sk-code').innerText();
  assert.match(code, /^([0-9a-z]{4}-){3}[0-9a-z]{4}$/);
  await seen(context, other);
  await other.context().close();
  return code;
}

/** Sends name and password. */
export async function enter(page, login) {
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', SECRET);
  await send(page, '/sign-in');
}

/** Sets the password by the code of a recovery. */
export async function setPassword(page, login, code) {
  await page.goto('/sign-in/recover');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=code]', code);
  await page.fill('input[name=password]', SECRET);
  await send(page, '/sign-in/recover');
  await page.waitForURL('**/sign-in?recovered=1');
}
