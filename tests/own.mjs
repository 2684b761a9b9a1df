// Fields and registers of the organisation's own: add a field to the assets, fill it, filter by it; make a register, enter
// a record in it, find it.
import assert from 'node:assert/strict';
import { code, fillAsset, look, pick, say, seen, send, signIn } from './lib/house.mjs';

export default async function (context) {
  const page = await signIn(context, 'myoko');
  const stamp = code();
  await addField(context, page, stamp);
  await addRegister(context, page, stamp);
}

/** A choice on assets: seen before it is made, filled, filtered by, changed and retired. */
async function addField(context, page, stamp) {
  const label = `設置場所 ${stamp}`;
  await look(context, page, '/r/asset');
  await page.click('a[href="/own/fields?register=asset"]');
  await seen(context, page);
  await page.click('a[href="/own/fields/new?register=asset"] >> nth=0');
  await seen(context, page);

  // A choice without a label: said at its control, and nothing typed is lost.
  await page.selectOption('select[name=kind]', 'choice');
  await page.click('form[action="/own/fields/new"] button:not([name])');
  assert.equal(await page.locator('.sk-faults a').count(), 1);
  assert.equal(await page.locator('select[name=kind]').inputValue(), 'choice');
  await seen(context, page);
  await page.fill('input[name=label]', label);
  await page.fill('textarea[name=options]', '本庁\n支所\n倉庫\n河川敷の資材置場\n分庁舎\n出張所');
  await page.check('input[name=facet]');
  await page.check('input[name=sort]');
  await page.click('button[name=look]');
  assert.equal(await page.locator('select[name^="sample-"] option').count(), 7, 'how it looks on the form');
  await seen(context, page);
  await page.click('form[action="/own/fields/new"] button:not([name])');
  await page.waitForURL('**/own/fields?register=asset');
  await seen(context, page);
  const row = page.locator('tr', { hasText: label });
  const field = (await row.locator('th .sk-quiet').innerText()).trim();
  assert.match(field, /^x_\d+$/);
  const form = await row.locator('a').getAttribute('href');

  await page.goto('/r/asset/new');
  await fillAsset(page, stamp, '独自の項目をもつ端末');
  await pick(context, page, 'unit', '総務課');
  await page.fill('input[name=place]', '執務室');
  await page.selectOption(`select[name=${field}]`, '支所');
  await send(page, '/r/asset/new');
  await page.waitForURL('**/r/asset/*notice=created');
  assert.ok((await page.locator('main').innerText()).includes('支所'));
  await seen(context, page);
  await look(context, page, `/r/asset?${field}=支所`);
  const found = await page.locator('tbody tr').count();
  assert.equal(found, 1, 'it is found by its value');

  // Once a record has a value, an option is retired and not taken away; then the field itself.
  await look(context, page, form);
  await page.fill('textarea[name=options]', '本庁\n倉庫');
  await page.click(`form[action="${form}"] button:not([name])`);
  assert.equal(await page.locator('.sk-faults a').count(), 1);
  await seen(context, page);
  await page.goto(form);
  await page.check('input[name=retired]');
  await page.click(`form[action="${form}"] button:not([name])`);
  await page.waitForURL('**/own/fields?register=asset');
  await page.goto('/r/asset');
  assert.equal(await page.locator('th', { hasText: label }).count(), 0, 'it has left the list');
}

/** A register with a unit in charge and approval: made, a record entered, found by its name, retired. */
async function addRegister(context, page, stamp) {
  const label = `契約台帳 ${stamp}`;
  await look(context, page, '/own');
  await page.click('a[href="/own/registers/new"] >> nth=0');
  await seen(context, page);
  await page.fill('input[name=label]', label);
  await page.fill('input[name=title]', '契約名');
  await page.fill('input[name=code]', '契約番号');
  await page.check('input[name=states][value=approval]');
  await page.selectOption('select[name="staff.see"]', 'all');
  await page.click('button[name=look]');
  assert.ok((await page.locator('main').innerText()).includes('契約名'));
  await seen(context, page);
  await page.click('form[action="/own/registers/new"] button:not([name])');
  await page.waitForURL('**/own?made=*');
  await seen(context, page);
  await page.click('.sk-notice a');
  await page.fill('input[name=label]', '満了日');
  await page.selectOption('select[name=kind]', 'date');
  await page.click('form[action="/own/fields/new"] button:not([name])');
  await page.waitForURL('**/own/fields?register=*');
  const register = new URL(page.url()).searchParams.get('register');

  await look(context, page, `/r/${register}`);
  await page.goto(`/r/${register}/new`);
  await page.fill('input[name=code]', stamp);
  await page.fill('input[name=name]', `清掃業務の委託 ${stamp}`);
  await pick(context, page, 'unit', '総務課');
  await page.locator('.sk-date input').first().fill('令和9年3月31日');
  await seen(context, page);
  await send(page, `/r/${register}/new`);
  await page.waitForURL('**notice=created');
  await seen(context, page);
  await look(context, page, `/search?q=${encodeURIComponent(stamp)}`);
  assert.ok((await page.locator('main').innerText()).includes(`清掃業務の委託 ${stamp}`), 'it is found by search');
  await look(context, page, '/today');
  assert.equal(await page.locator(`nav a[href="/r/${register}"]`).count() > 0, true, say(context, '案内にある', 'in the navigation'));

  // It leaves the navigation when it is no longer used, so that journeys leave nothing in the way.
  await page.goto('/own');
  await page.click(`tr:has(a[href="/r/${register}"]) th a`);
  await seen(context, page);
  const form = new URL(page.url()).pathname;
  await page.check('input[name=retired]');
  await page.click(`form[action="${form}"] button:not([name])`);
  await page.waitForURL('**/own');
  assert.equal(await page.locator(`nav a[href="/r/${register}"]`).count(), 0);
}
