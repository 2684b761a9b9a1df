// An application from the form to the decision: applied for on one page, decided on one page, and the draft that prints.
import assert from 'node:assert/strict';
import { code, look, say, seen, send, signIn } from './lib/house.mjs';

export default async function (context) {
  const staff = await signIn(context, 'nagaoka');
  const address = await apply(context, staff);
  const manager = await signIn(context, 'sado');
  await decide(context, manager, address);
  await staff.goto(address);
  assert.match(await staff.locator('main').innerText(), new RegExp(say(context, '許可', 'Permitted')));
  await seen(context, staff);
  const path = new URL(address).pathname;
  await look(context, staff, `${path}/paper`);
  assert.equal(await staff.locator('.sk-stamps > div').count(), 1, 'whoever decided stands in the draft');
  await look(context, staff, `${path}/act/give_back`);
  await staff.fill('input[name=returned_on]', say(context, '令和8年11月3日', '2026-11-03'));
  await send(staff, `${path}/act/give_back`);
  await staff.waitForURL('**?notice=*');
}

/** Applies for taking a laptop out; gives the address of the application. */
async function apply(context, page) {
  await look(context, page, '/apply');
  await page.locator('.sk-tasks li', { hasText: say(context, '持ち出しの申請', 'Carrying out') }).locator('a').click();
  await seen(context, page);
  assert.notEqual(await page.inputValue('input[name=carrier_text]'), '', 'who applies is filled in beforehand');
  const action = '/r/carry_out/new';
  await send(page, action);
  assert.ok(await page.locator('.sk-faults li').count() > 1, 'what is missing is said at once');
  await seen(context, page);
  await page.fill('input[name=name]', code());
  await page.fill('input[name=asset_text]', 'N-014');
  await page.fill('input[name=destination]', '県庁');
  await page.fill('textarea[name=purpose]', '説明会のため');
  await page.check('input[name=protection][value=encrypted]');
  await page.fill('input[name=from]', '令和8年11月1日');
  await page.fill('input[name=until]', '令和30年3月31日');
  await send(page, action);
  await page.waitForURL('**/r/carry_out/*?notice=*');
  await seen(context, page);
  return page.url().split('?')[0];
}

/** Decides what was applied for: first with a day that can't be, then as it was. */
async function decide(context, page, address) {
  await look(context, page, '/decide');
  const path = `${new URL(address).pathname}/act/permit`;
  await page.locator(`a[href="${path}"]`).click();
  await seen(context, page);
  await page.fill('input[name=decided_on]', '令和30年4月1日');
  await page.click(`button[formaction="${path}"]`);
  assert.equal(await page.locator('.sk-faults li').count(), 1, 'a decision lies in no future');
  await page.locator('details.sk-more summary').click();
  await seen(context, page);
  await page.fill('input[name=decided_on]', say(context, '令和8年11月2日', '2026-11-02'));
  await page.fill('input[name=drafted_on]', '');
  await page.fill('input[name=number]', '総第12号');
  await page.click(`button[formaction="${path}"]`);
  await page.waitForURL('**/r/carry_out/*?notice=*');
  await seen(context, page);
  assert.match(await page.locator('main').innerText(), /総第12号/);
}
