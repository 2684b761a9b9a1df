// Who sees what: each account of the demonstration on its first page, and what is refused.
import assert from 'node:assert/strict';
import { look, seen, signIn } from './lib/house.mjs';

export default async function (context) {
  const visitor = await context.open('/sign-in');
  await visitor.fill('input[name=login]', 'nagaoka');
  await visitor.fill('input[name=password]', 'not the password');
  await visitor.click('form[action="/sign-in"] button[type=submit]');
  assert.equal(await visitor.locator('[role=alert]').count(), 1, 'a wrong password is told');
  await seen(context, visitor);

  for (const login of ['myoko', 'sekikawa', 'tsugawa', 'nadachi']) {
    const page = await signIn(context, login);
    await seen(context, page);
  }

  const staff = await signIn(context, 'nagaoka');
  await look(context, staff, '/r/asset');
  assert.equal(await staff.locator('a[href="/r/asset/new"]').count(), 0, 'staff keep no register');
  const refused = await staff.goto('/r/account');
  assert.ok([403, 404].includes(refused.status()), 'accounts are the office\'s');
  await seen(context, staff);

  // The language stays after it was switched.
  const other = context.lang === 'ja' ? 'en' : 'ja';
  await staff.goto(`/today?lang=${other}`);
  await staff.goto('/standing');
  assert.equal(await staff.locator('html').getAttribute('lang'), other);
}
