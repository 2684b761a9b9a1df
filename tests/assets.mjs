// The work on information assets: find, register with mistakes first, change, prove, comment, attach, archive.
import assert from 'node:assert/strict';
import { code, fillAsset, look, pick, say, seen, send, signIn } from './lib/house.mjs';

export default async function (context) {
  const page = await signIn(context, 'murakami');
  await find(context, page);
  const asset = await register(context, page);
  await change(context, page, asset);
  await prove(context, page);
  await page.goto(asset);
  await discuss(context, page, asset);
  await archive(context, page);
}

/** Looks through the list: chips, the form, words, order, pages. */
async function find(context, page) {
  await look(context, page, '/r/asset');
  const count = async () => Number(/[\d,]+/.exec(await page.locator('.sk-head .sk-quiet').innerText())[0].replaceAll(',', ''));
  const all = await count();
  await page.locator('.sk-filter').first().click();
  assert.equal(await page.locator('.sk-filter[aria-current]').count(), 1, 'a filter in force says so');
  const fewer = await count();
  assert.ok(fewer < all, `${fewer} of ${all}`);
  await page.locator('.sk-filter[aria-current]').click();
  assert.equal(await page.locator('.sk-filter[aria-current]').count(), 0, 'pressed again it is gone');

  await page.click('.sk-filters summary');
  await page.check('.sk-filters input[name=confidentiality][value="3B"]');
  await page.fill('.sk-filters input[name="review_by.to"]', '令和20年3月31日');
  await page.click('.sk-filters form button[type=submit]');
  assert.match(page.url(), /confidentiality=3B/);
  assert.deepEqual([...new Set(await page.locator(`td[data-label="${say(context, '機密性', 'Confidentiality')}"]`).allInnerTexts())].map((text) => text.trim()), ['3B']);
  await seen(context, page);

  await page.goto('/r/asset');
  await page.fill('.sk-search-here input[name=q]', '端末');
  await page.click('.sk-search-here button');
  assert.ok(await count() > 0, 'two characters find something');
  await seen(context, page);
  await look(context, page, '/r/asset?q=%E3%81%A9%E3%81%93%E3%81%AB%E3%82%82%E3%81%AA%E3%81%84');
  assert.equal(await page.locator('.sk-empty a[href="/r/asset"]').count(), 1, 'nothing found leads back to all');

  await page.goto('/r/asset');
  const first = async () => page.locator('tbody tr').first().innerText();
  const before = await first();
  await page.locator('thead a.sk-sort').first().click();
  assert.equal(await page.locator('th[aria-sort=descending]').count(), 1);
  assert.notEqual(await first(), before, 'the order is turned');
  await page.click('.sk-pager a[rel=next]');
  assert.match(await page.locator('.sk-pager').innerText(), /51–/);
  assert.equal(await page.locator('th[aria-sort=descending]').count(), 1, 'the order is kept on the next page');
  await page.click('.sk-pager a[rel=prev]');
  assert.match(await page.locator('.sk-pager').innerText(), /^1–50/);

  await page.goto('/r/asset?sort=code');
  await page.locator('tbody th a').first().click();
  await seen(context, page);
}

/** Registers an asset: what is missing is told first; gives its address. */
async function register(context, page) {
  const number = code();
  await look(context, page, '/r/asset/new');
  await page.fill('input[name=code]', number);
  await send(page, '/r/asset/new');
  assert.ok(await page.locator('.sk-faults li').count() >= 5, 'every missing field is told');
  assert.equal(await page.locator('.sk-faults:focus').count(), 1, 'the summary of errors has the focus');
  assert.equal(await page.inputValue('input[name=code]'), number, 'what was right need not be typed again');
  await page.locator('.sk-faults a[href="#f-name"]').click();
  assert.equal(await page.locator(':focus').getAttribute('name'), 'name', 'an error leads to its field');
  await seen(context, page);

  await fillAsset(page, number, '会議室の共用端末');
  await pick(context, page, 'unit', '情報政策室');
  await page.fill('input[name=review_by]', 'R9.3.31');
  if (context.js) assert.equal(await page.locator('output[for=f-review_by]').innerText(), '令和9年3月31日(水)');
  await send(page, '/r/asset/new');
  await page.waitForURL('**/r/asset/*notice=created');
  assert.equal(await page.locator('.sk-notice[role=status]').count(), 1, 'what was done is told');
  assert.ok(await page.locator('.sk-facts a', { hasText: '情報政策室' }).count(), 'the section is linked');
  await seen(context, page);
  return new URL(page.url()).pathname;
}

/** Changes the asset and sees the difference. */
async function change(context, page, asset) {
  await page.click(`a[href="${asset}/edit"]`);
  await seen(context, page);
  await page.fill('input[name=place]', '本庁舎 2階 会議室');
  await page.fill('input[name=reason]', '保管場所を確かめた');
  await send(page, `${asset}/edit`);
  await page.waitForURL('**notice=saved');
  assert.match(await page.locator('.sk-history ins').first().innerText(), /本庁舎 2階 会議室/);
  assert.match(await page.locator('.sk-history > li').first().innerText(), /「保管場所を確かめた」/);
  assert.equal(await page.locator('.sk-history > li').count(), 2);
  await seen(context, page);
}

/** Opens the proof of the newest entry; it is covered by a signed head within a moment. */
async function prove(context, page) {
  const entry = await page.locator('.sk-history a').first().getAttribute('href');
  for (let tries = 0; ; tries += 1) {
    await page.goto(entry);
    if (await page.locator('.sk-notice.sk-good').count() === 1) break;
    assert.ok(tries < 50, 'the entry is not covered by a signed head');
    await page.waitForTimeout(200);
  }
  const facts = await page.locator('.sk-facts').innerText();
  assert.match(facts, new RegExp(say(context, '変更', 'Changed')), 'the act is named in the language of the page');
  await page.click('main summary');
  assert.match(await page.locator('main pre').first().innerText(), /"action":"edit"/);
  await seen(context, page);
}

/** Writes a comment and attaches a file, which is held. */
async function discuss(context, page, asset) {
  await page.fill('textarea[name=text]', '年度末に更新する予定です。');
  await send(page, `${asset}/comment`);
  await page.waitForURL('**notice=done');
  assert.match(await page.locator('main').innerText(), /村上 恵子[\s\S]*年度末に更新する予定です。/);
  await page.setInputFiles('input[type=file]', { name: '仕様書.txt', mimeType: 'text/plain', buffer: Buffer.from('仕様') });
  await Promise.all([page.waitForNavigation(), send(page, `${asset}/attach`)]);
  const held = page.locator('li', { hasText: '仕様書.txt' });
  assert.equal(await held.locator('.sk-chip.sk-held').count(), 1, 'the file is held');
  assert.equal(await held.locator('a').count(), 0, 'what is held is not handed out');
  await seen(context, page);
}

/** Registers another asset and archives it. */
async function archive(context, page) {
  const number = code();
  await page.goto('/r/asset/new');
  await fillAsset(page, number, '使わなくなった端末');
  await pick(context, page, 'unit', '総務課');
  await send(page, '/r/asset/new');
  await page.waitForURL('**notice=created');
  const asset = new URL(page.url()).pathname;
  await page.click(`a[href="${asset}/archive"]`);
  await seen(context, page);
  await page.fill('input[name=reason]', '返却したため');
  await send(page, `${asset}/archive`);
  await page.waitForURL('**/r/asset');
  await page.goto(`/r/asset?q=${number}`);
  assert.equal(await page.locator('tbody tr').count(), 0, 'what was archived leaves the list');
  await look(context, page, asset);
  assert.equal(await page.locator(`a[href="${asset}/edit"]`).count(), 0, 'and is changed no more');
}
