// Files in and out: a workbook with a wrong cell, the corrected one, the undo; cells that are pasted and corrected; exports.
import assert from 'node:assert/strict';
import { code, look, say, seen, send, signIn } from './lib/house.mjs';
import { workbook } from './lib/workbook.mjs';

const HEADS = ['部署番号（必須）', '部署名', '所在地', 'メモ'];

export default async function (context) {
  const page = await signIn(context, 'murakami');
  await bringIn(context, page);
  await paste(context, page);
  await takeOut(context, page);
}

/** Sends a workbook to the register of units; the address of its import. */
async function upload(context, page, rows) {
  await look(context, page, '/r/unit/import');
  await page.setInputFiles('input[name=file]', { name: '部署.xlsx', mimeType: 'application/octet-stream', buffer: workbook(rows) });
  await send(page, '/r/unit/import');
  await page.waitForURL('**/imports/*');
  return new URL(page.url()).pathname;
}

/** Goes on from the matching of columns to what the file would do. */
async function goOn(page, address) {
  await page.locator(`form[action="${address}"] button[type=submit]`).last().click();
  await page.waitForURL(`**${address}/check`);
}

/** Brings it in. Where another journey has changed the register meanwhile, what would be done is shown once more. */
async function confirm(page, address) {
  for (let tries = 0; tries < 8; tries += 1) {
    await Promise.all([page.waitForEvent('load'), send(page, `${address}/check`)]);
    if (await page.locator('input[name=seen]').count() === 0) break;
  }
  await page.waitForURL('**notice=done');
}

/** A wrong cell is told with its address; the corrected file comes in, and goes out again as a whole. */
async function bringIn(context, page) {
  const [first, second] = [code(), code()];
  // Several journeys bring units in at once, and a unit's name occurs once.
  const [one, other] = [`相川室${first}`, `金井室${second}`];
  const title = ['部署の一覧'];
  let address = await upload(context, page, [title, HEADS, [first, one, '本庁舎', 'x'], [second, '', '別館', '']]);
  assert.equal(await page.locator('.sk-steps [aria-current=step]').innerText(), say(context, '2\n列を合わせる', '2\nMatch the columns'));
  assert.equal(await page.inputValue('select[name=c0]'), 'code', 'marks for what must be filled are no part of a head');
  assert.equal(await page.inputValue('select[name=c3]'), '', 'an unknown column is left out');
  await seen(context, page);
  await goOn(page, address);
  const fault = page.locator('tbody tr', { hasText: 'B4' });
  assert.equal(await fault.count(), 1, 'the wrong cell is named');
  assert.equal(await page.locator('input[name=seen]').count(), 0, 'with an error nothing can be brought in');
  await seen(context, page);

  address = await upload(context, page, [title, HEADS, [first, one, '本庁舎', 'x'], [second, other, '別館', '']]);
  await goOn(page, address);
  assert.match(await page.locator('.sk-counts').innerText(), /^2\s/);
  assert.match(await page.locator('main').innerText(), /メモ（D）/);
  await seen(context, page);
  await confirm(page, address);
  await seen(context, page);
  await page.goto(`/r/unit?q=${encodeURIComponent(other)}`);
  assert.equal(await page.locator('tbody tr', { hasText: second }).count(), 1);

  await look(context, page, `${address}/undo`);
  await page.fill('input[name=reason]', '別の年度の一覧だった');
  await send(page, `${address}/undo`);
  await page.waitForURL('**notice=undone');
  await seen(context, page);
  await page.goto(`/r/unit?q=${encodeURIComponent(other)}`);
  assert.equal(await page.locator('tbody tr', { hasText: second }).count(), 0, 'what was added has left the list');
}

/** Pasted cells: with script they are a grid with the error at its cell, without it a text that is corrected. */
async function paste(context, page) {
  const [first, second] = [code(), code()];
  await look(context, page, '/r/unit/paste');
  const cells = (name) => `部署番号\t部署名\n${first}\t河原田室${first}\n${second}\t${name}`;
  await page.fill('textarea[name=cells]', cells(''));
  await send(page, '/r/unit/paste');
  await page.waitForURL('**/imports/*');
  await goOn(page, new URL(page.url()).pathname);
  await page.locator('a[href*="/paste?from="]').click();
  assert.match(await page.locator('.sk-faults li').innerText(), /^B3/);
  if (context.js) {
    const wrong = page.locator('.sk-grid input[aria-invalid]');
    assert.equal(await wrong.getAttribute('aria-label'), 'B3', 'the error stands at its cell');
    await seen(context, page);
    await wrong.fill(`八幡室${second}`);
  } else {
    await page.fill('textarea[name=cells]', cells(`八幡室${second}`));
  }
  await send(page, '/r/unit/paste');
  await page.waitForURL('**/check');
  assert.match(await page.locator('.sk-counts').innerText(), /^2\s/);
  await seen(context, page);
  const cancel = `${new URL(page.url()).pathname.replace('/check', '')}/cancel`;
  await send(page, cancel);
  await page.waitForURL('**/r/unit');
}

/** The menu of a list leads to files; each is a workbook. */
async function takeOut(context, page) {
  await page.goto('/r/unit');
  await page.click('.sk-drop > summary');
  await seen(context, page);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('a[href="/r/unit/template.xlsx"]')]);
  assert.match(download.suggestedFilename(), /\.xlsx$/);
}
