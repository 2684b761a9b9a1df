// The work on a record: register it with a mistake first, change it, see what changed and the proof; hand in evidence.
import assert from 'node:assert/strict';
import { look, seen, send, signIn } from './lib/house.mjs';

export default async function (context) {
  const { lang, width, js } = context;
  const page = await signIn(context, 'murakami');
  const code = `T-${lang}-${width}-${js ? 'j' : 'p'}-${Date.now() % 1_000_000}`;

  await page.goto('/r/asset/new');
  await page.fill('input[name=code]', code);
  await send(page, '/r/asset/new');
  assert.ok((await page.locator('.sk-faults li').count()) >= 3, 'every missing field is told');
  await seen(context, page);
  await page.fill('input[name=name]', '会議室の共用端末');
  await page.check('input[name=kind][value=device]').catch(() => page.selectOption('select[name=kind]', 'device'));
  await page.fill('input[name=unit_text]', '総務課');
  if (js) await page.keyboard.press('Escape');
  for (const [scale, grade] of [['confidentiality', '2'], ['integrity', '1'], ['availability', '1']]) {
    await page.check(`input[name=${scale}][value="${grade}"]`);
  }
  await page.fill('input[name=review_by]', 'R9.3.31');
  await send(page, '/r/asset/new');
  await page.waitForURL('**/r/asset/*notice=created');
  await seen(context, page);
  const asset = new URL(page.url()).pathname;

  await look(context, page, `${asset}/edit`);
  await page.fill('input[name=place]', '本庁舎 2階 会議室');
  await page.fill('input[name=reason]', '保管場所を確かめた');
  await send(page, `${asset}/edit`);
  await page.waitForURL('**notice=saved');
  assert.ok((await page.locator('.sk-history ins').count()) > 0, 'the history shows what was added');
  await seen(context, page);

  await page.fill('textarea[name=text]', '年度末に更新する予定です。');
  await send(page, `${asset}/comment`);
  await page.waitForURL('**notice=done');
  await page.setInputFiles('input[type=file]', { name: '仕様書.txt', mimeType: 'text/plain', buffer: Buffer.from('仕様') });
  await send(page, `${asset}/attach`);
  await page.waitForURL('**notice=done');
  assert.ok(await page.getByText('仕様書.txt').count(), 'the file is held and named');
  await seen(context, page);

  const entry = await page.locator('.sk-history a').first().getAttribute('href');
  await page.waitForTimeout(1_500);
  await look(context, page, entry);

  await look(context, page, `${asset}/archive`);
  await send(page, `${asset}/archive`);
  await page.waitForURL('**/r/asset');
  await page.goto(`/r/asset?q=${encodeURIComponent(code)}`);
  assert.equal(await page.locator('tbody tr').count(), 0, 'what was archived leaves the list');

  await evidence(context, page);
}

/** Hands in evidence on a clause that has none: it turns 遵守. */
async function evidence(context, page) {
  await page.goto('/standing?standing=unproven');
  const clause = await page.locator('tbody a[href^="/clauses/"]').first().getAttribute('href');
  await page.goto(clause);
  const slot = await page.locator('a[href^="/r/evidence/new?clause="]').first().getAttribute('href');
  await page.goto(slot);
  assert.notEqual(await page.inputValue('input[name=clause_text]'), '', 'the clause is filled in');
  await page.fill('input[name=name]', '点検表');
  await page.check('input[name=strength][value=recorded]');
  await page.fill('input[name=done_on]', 'R8.11.2');
  await page.fill('input[name=received_on]', '令和8年11月4日');
  await page.fill('input[name=fresh_until]', '2027/10/31');
  await send(page, '/r/evidence/new');
  await page.waitForURL(`**${clause}`);
  const met = context.lang === 'ja' ? '遵守' : 'met';
  assert.equal(await page.locator('.sk-head .sk-chip').first().innerText(), met);
  await seen(context, page);
}
