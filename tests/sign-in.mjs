// In and out: a wrong password, what each person finds on the first page, and the way out.
import assert from 'node:assert/strict';
import { seen, signIn } from './lib/house.mjs';

/** Who signs in: whether they see how the whole body stands, and whether something waits for them. */
const PEOPLE = [
  { login: 'murakami', watches: true, waits: true },
  { login: 'sekikawa', watches: false, waits: true },
  { login: 'nagaoka', watches: false, waits: false },
  { login: 'nadachi', watches: true, waits: false },
];

export default async function (context) {
  const { lang, password, url } = context;
  assert.equal((await fetch(`${url}/healthz`)).status, 200);

  const page = await context.open('/r/asset?q=A-0001');
  assert.match(page.url(), /\/sign-in\?next=/, 'a stranger is shown the way in');
  await seen(context, page);
  assert.equal(await page.locator('input:focus').getAttribute('name'), 'login');
  await page.fill('input[name=login]', 'sado');
  await page.fill('input[name=password]', 'not the password');
  await page.click('form[action="/sign-in"] button[type=submit]');
  assert.equal(await page.locator('[role=alert]').count(), 1, 'a wrong password is told');
  assert.equal(await page.inputValue('input[name=login]'), 'sado', 'the name need not be typed again');
  assert.equal(await page.inputValue('input[name=password]'), '', 'a password is not sent back');
  await seen(context, page);
  await page.fill('input[name=password]', password);
  await page.click('form[action="/sign-in"] button[type=submit]');
  await page.waitForURL('**/r/asset?q=A-0001');

  for (const { login, watches, waits } of PEOPLE) {
    const today = await signIn(context, login);
    await seen(context, today);
    assert.equal(await today.locator('main a[href="/standing"]').count() > 0, watches, `${login} and the standing`);
    assert.equal(await today.locator('.sk-tasks li').count() > 0, waits, `${login} and what is to be done`);
    assert.ok(await today.getByText('内線110').count(), 'whom to tell stands there');
    assert.equal(await today.locator('nav a[href="/accounts"]').count(), login === 'murakami' ? 1 : 0, login);
    await today.context().close();
  }

  // The language stays after it was switched.
  const other = lang === 'ja' ? 'en' : 'ja';
  await page.goto('/standing');
  await page.click(`header a[hreflang=${other}]`);
  assert.equal(await page.locator('html').getAttribute('lang'), other);
  await page.goto('/today');
  assert.equal(await page.locator('html').getAttribute('lang'), other);

  // The menu of one's own opens without script as well.
  await page.click('.sk-who');
  await page.click('form[action="/sign-out"] button');
  await page.waitForURL('**/sign-in');
  await page.goto('/today');
  assert.match(page.url(), /\/sign-in/, 'who has left must sign in again');
}
