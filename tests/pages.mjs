// Every page of the house, seen by those who use it.
import assert from 'node:assert/strict';
import { look, seen, signIn } from './lib/house.mjs';

const LISTS = ['asset', 'person', 'unit', 'organ', 'role_holding', 'document', 'term', 'evidence', 'declaration', 'grade', 'account', 'import'];

export default async function (context) {
  const page = await signIn(context, 'murakami');
  await seen(context, page);
  await look(context, page, '/standing');
  await look(context, page, '/standing?standing=unproven');
  const clause = await page.locator('a.sk-tile').nth(12).getAttribute('href');
  await look(context, page, clause);
  const old = await page.locator('a[href^="/r/clause/"]').getAttribute('href');
  await look(context, page, old);
  for (const register of LISTS) {
    await look(context, page, `/r/${register}`);
    const first = await page.locator('tbody a').first().getAttribute('href');
    if (register !== 'grade') await look(context, page, first);
  }
  await look(context, page, '/r/edition');
  for (const form of ['/r/asset/new', '/r/person/new', '/r/evidence/new', '/r/declaration/new', '/account']) {
    await look(context, page, form);
  }
  await look(context, page, '/search?q=%E7%AB%AF%E6%9C%AB');
  assert.ok((await page.locator('main li a').count()) > 0, 'the search finds 端末');
  await look(context, page, '/r/asset?q=%E7%AB%AF%E6%9C%AB&confidentiality=2');
  await look(context, page, '/r/asset?confidentiality=9');

  const answer = await page.goto('/r/asset/none');
  assert.equal(answer.status(), 404);
  await seen(context, page);
}
