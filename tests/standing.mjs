// How the clauses stand: the map, one clause, evidence, a declaration, and one that a second person confirms. Each view
// has clauses of its own, so that views may walk side by side.
import assert from 'node:assert/strict';
import { look, say, seen, send, signIn } from './lib/house.mjs';

export default async function (context) {
  const page = await signIn(context, 'murakami');
  await look(context, page, '/standing');
  assert.match(await page.locator('.sk-big').innerText(), /^\d+\s*\/\s*\d+$/);
  const clauses = await page.locator('a.sk-tile[href^="/clauses/"]').evaluateAll((tiles) => tiles.map((tile) => tile.getAttribute('href')));
  const tile = page.locator('a.sk-tile[href^="/clauses/"]').first();
  assert.notEqual((await tile.getAttribute('title')).trim(), '', 'a tile has a name');

  const unproven = say(context, '未確認', 'unproven');
  await page.locator('.sk-sum a', { hasText: unproven }).click();
  assert.match(page.url(), /standing=unproven/);
  assert.deepEqual([...new Set(await page.locator('td .sk-chip').allInnerTexts())], [unproven]);
  await seen(context, page);

  // Two clauses for each view: the first five, and the five after them.
  await evidence(context, page, clauses[context.view]);
  const other = clauses[5 + context.view + (context.view === 4 ? 16 : 0)];
  await declare(context, page, other);
  await confirm(context, page, other);
}

const standing = (page) => page.locator('.sk-head .sk-chip').innerText();

/** Hands in evidence, with a mistake first: the clause is met. */
async function evidence(context, page, clause) {
  await look(context, page, clause);
  await page.locator('.sk-head a[href^="/r/evidence/new?clause="]').click();
  assert.notEqual(await page.inputValue('input[name=clause_text]'), '', 'the clause is filled in');
  await page.fill('input[name=name]', '点検表');
  await page.check('input[name=strength][value=recorded]');
  await page.fill('input[name=done_on]', '令和8年2月30日');
  await page.fill('input[name=received_on]', '令和8年11月4日');
  await page.fill('input[name=fresh_until]', '2027/10/31');
  await send(page, '/r/evidence/new');
  assert.equal(await page.locator('.sk-faults a[href="#f-done_on"]').count(), 1, 'a day that does not exist is told');
  assert.equal(await page.inputValue('input[name=done_on]'), '令和8年2月30日', 'and stays as it was typed');
  await seen(context, page);
  await page.fill('input[name=done_on]', 'R8.11.2');
  await send(page, '/r/evidence/new');
  await page.waitForURL(`**${clause}*`);
  assert.equal(await standing(page), say(context, '遵守', 'met'));
  assert.ok(await page.locator('td a[href^="/r/evidence/"], th a[href^="/r/evidence/"]').count(), 'the evidence is listed');
  await seen(context, page);
}

/** Declares for a month that nothing occurred; the clause is met until it is withdrawn. */
async function declare(context, page, clause) {
  await page.goto(clause);
  const before = await standing(page);
  const declaration = await fill(context, page, clause, 'nothing_occurred', '今月の該当はない。');
  assert.equal(await standing(page), say(context, '遵守', 'met'));
  await step(context, page, declaration, 'withdraw');
  await page.goto(clause);
  assert.equal(await standing(page), before, 'what was withdrawn counts no more');
}

/** Declares a clause not applicable: it counts once another person has confirmed it. */
async function confirm(context, page, clause) {
  const before = await standing(page);
  const declaration = await fill(context, page, clause, 'not_applicable', '対象となる設備を持たない。');
  assert.equal(await standing(page), before, 'one person alone changes nothing');
  await page.goto(declaration);
  assert.equal(await page.locator('a[href$="/act/confirm"]').count(), 0, 'nobody confirms what they declared');
  await seen(context, page);

  const second = await signIn(context, 'myoko');
  assert.ok(await second.locator(`.sk-tasks a[href="${declaration}"]`).count(), 'it waits for the second person');
  await step(context, second, declaration, 'confirm');
  await second.goto(clause);
  assert.equal(await standing(second), say(context, '適用外', 'not applicable'));
  await seen(context, second);
  await step(context, page, declaration, 'withdraw');
  await page.goto(clause);
  assert.equal(await standing(page), before);
}

/** Makes a declaration from the clause's page; gives its address, and leaves the clause's page open. */
async function fill(context, page, clause, kind, statement) {
  await page.locator('a[href^="/r/declaration/new?clause="]').click();
  await seen(context, page);
  assert.equal(await page.inputValue('input[name=declared_by_text]'), '村上 恵子', 'who declares is filled in');
  await page.check(`input[name=kind][value=${kind}]`);
  await page.fill('textarea[name=statement]', statement);
  await page.fill('input[name=from]', 'R8.4.1');
  await page.fill('input[name=until]', 'R9.3.31');
  await send(page, '/r/declaration/new');
  await page.waitForURL(`**${clause}*`);
  return page.locator('th a[href^="/r/declaration/"], td a[href^="/r/declaration/"]').first().getAttribute('href');
}

/** Does a transition of a declaration. */
async function step(context, page, declaration, name) {
  await page.goto(declaration);
  await page.click(`a[href="${declaration}/act/${name}"]`);
  await seen(context, page);
  await send(page, `${declaration}/act/${name}`);
  await page.waitForURL('**notice=done');
}
