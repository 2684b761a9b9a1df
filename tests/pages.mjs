// Every other page of the house, and the pages that say no.
import assert from 'node:assert/strict';
import { look, seen, signIn } from './lib/house.mjs';

const REGISTERS = ['document', 'edition', 'term', 'organ', 'unit', 'person', 'role_holding', 'evidence', 'declaration', 'grade', 'account', 'import'];
const FORMS = ['term', 'organ', 'unit', 'person', 'role_holding', 'grade', 'account'];

export default async function (context) {
  const page = await signIn(context, 'murakami');
  for (const register of REGISTERS) {
    await look(context, page, `/r/${register}`);
    assert.ok(await page.locator('tbody tr').count() > 0, `${register} has records`);
    await look(context, page, await page.locator('tbody th a').first().getAttribute('href'));
  }
  for (const register of FORMS) await look(context, page, `/r/${register}/new`);

  await look(context, page, await document(page));
  assert.ok(await page.locator('.sk-policy a[href^="/clauses/"]').count() > 20, 'every clause leads to its page');
  const edition = await page.locator('a[href*="?edition="]').first().getAttribute('href');
  await look(context, page, edition);

  await look(context, page, '/search?q=%E7%AB%AF%E6%9C%AB');
  assert.ok(await page.locator('main li a').count() > 0, 'two characters find something');
  await page.fill('.sk-search-here input[name=q]', 'どこにもない言葉');
  await Promise.all([page.waitForEvent('load'), page.click('.sk-search-here button')]);
  assert.equal(await page.locator('main li a').count(), 0);
  await seen(context, page);

  await look(context, page, '/ledger');
  assert.equal(await page.locator('.sk-qr').count(), 1, 'the head of the ledger is a code to be scanned');

  await look(context, page, '/account');
  await page.fill('input[name=old]', 'not the password');
  await page.fill('input[name=password]', 'long enough to be one');
  await page.click('form[action="/account"] button[type=submit]');
  assert.equal(await page.locator('.sk-faults a[href="#f-old"]').count(), 1, 'a wrong password is told at its field');
  await seen(context, page);

  for (const nowhere of ['/nowhere', '/r/asset/none', '/r/nothing']) {
    await look(context, page, nowhere, 404);
    assert.equal(await page.locator('main a[href="/today"], main a[href="/"]').count(), 1, 'the way back');
  }
  const staff = await signIn(context, 'nagaoka');
  await look(context, staff, '/r/account', 403);
  await look(context, staff, '/r/asset/new', 403);
  await staff.goto('/r/asset');
  assert.equal(await staff.locator('main a[href="/r/asset/new"]').count(), 0, 'what one may not do is not offered');
  assert.ok(await staff.locator('tbody tr').count() > 0, 'their own section is shown');
}

/** The address of the policy. */
async function document(page) {
  await page.goto('/r/document');
  return page.locator('tbody th a').first().getAttribute('href');
}
