// For every reader: by keyboard, in their own colours, without movement, in a very narrow window, on paper.
import assert from 'node:assert/strict';
import { fits, seen, signIn } from './lib/house.mjs';

export const views = (view) => view.js;

const PAGES = ['/today', '/standing', '/r/asset', '/r/asset/new', '/search?q=%E7%AB%AF%E6%9C%AB'];

export default async function (context) {
  const page = await signIn(context, 'murakami');
  await keys(context, page);
  await colours(context, page);
  await narrow(context, page);
  await paper(context, page);
  await movement(page);
}

/** By keyboard alone: past the navigation, through the page in its order, out of the menu. */
async function keys({ width }, page) {
  await page.goto('/standing');
  await page.keyboard.press('Tab');
  assert.equal(await page.locator('a.sk-skip:focus').getAttribute('href'), '#main', 'first the way past the navigation');
  assert.ok((await page.locator('a.sk-skip:focus').boundingBox()).y >= 0, 'it is seen when it has the focus');
  await page.keyboard.press('Enter');
  assert.equal(await page.locator(':focus').getAttribute('id'), 'main');

  for (const path of ['/standing', '/r/asset/new']) {
    await page.goto(path);
    for (let step = 0; step < 60; step += 1) {
      await page.keyboard.press('Tab');
      if (step > 0 && await page.locator('a.sk-skip[href="#main"]:focus').count() === 1) break; // once around
      const fault = await page.evaluate(hidden);
      assert.equal(fault, undefined, `${path}, ${step + 1} steps in`);
    }
  }

  const [opener, menu] = width < 768 ? ['.sk-menu-entry button', '#sk-menu'] : ['.sk-who', '#sk-own'];
  await page.goto('/today');
  await page.locator(opener).focus();
  await page.keyboard.press('Enter');
  assert.ok(await page.locator(`${menu}:popover-open`).isVisible());
  await page.keyboard.press('Escape');
  assert.equal(await page.locator(`${menu}:popover-open`).count(), 0, 'Esc closes the menu');
  assert.equal(await page.locator(`${opener}:focus`).count(), 1, 'and the focus returns');
}

/** Runs in the page: says what is wrong with where the focus is, or nothing. It must lie in the window, before others. */
function hidden() {
  const focused = document.activeElement;
  if (focused === document.body) return undefined;
  const name = focused.outerHTML.slice(0, 120);
  const later = window.before?.compareDocumentPosition(focused) ?? Node.DOCUMENT_POSITION_FOLLOWING;
  window.before = focused;
  if (!(later & Node.DOCUMENT_POSITION_FOLLOWING)) return `it went back in the page: ${name}`;
  const box = focused.getClientRects()[0];
  if (!box || box.bottom <= 0 || box.top >= innerHeight) return `outside of the window: ${name}`;
  const at = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return at && (focused.contains(at) || at.contains(focused)) ? undefined : `behind something else: ${name}`;
}

/** In the reader's own colours. */
async function colours(context, page) {
  await page.emulateMedia({ forcedColors: 'active' });
  for (const path of PAGES) {
    await page.goto(path);
    await seen(context, page);
  }
  await page.emulateMedia({ forcedColors: 'none' });
}

/** As narrow as a page at 400 % is. */
async function narrow({ width }, page) {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of [...PAGES, '/r/declaration', '/account']) {
    await page.goto(path);
    await fits(page);
  }
  await page.setViewportSize({ width, height: 900 });
}

/** On paper: no navigation, a table that stays one, and a foot that says what this is. */
async function paper({ lang }, page) {
  await page.emulateMedia({ media: 'print' });
  await page.goto('/r/asset');
  assert.equal(await page.locator('nav.sk-nav').isVisible(), false);
  assert.equal(await page.locator('.sk-filters').isVisible(), false);
  assert.equal(await page.locator('thead').evaluate((head) => getComputedStyle(head).display), 'table-header-group');
  assert.match(await page.locator('.sk-foot').innerText(), /村上 恵子/);
  await page.goto(await page.locator('tbody th a').first().getAttribute('href'));
  assert.equal(await page.locator('.sk-acts').first().isVisible(), false);
  assert.ok(await page.locator('.sk-facts').isVisible());
  assert.match(await page.locator('.sk-foot').innerText(), lang === 'ja' ? /出力日時/ : /Printed at/);
  assert.ok((await page.pdf({ format: 'A4' })).length > 1_000);
  await page.emulateMedia({ media: 'screen' });
}

/** Nothing moves for those who asked for that; for all others the page still arrives. */
async function movement(page) {
  await page.goto('/today');
  assert.equal(await page.evaluate(() => document.getAnimations().length), 0);
  await page.emulateMedia({ reducedMotion: 'no-preference' });
  await page.click('nav a[href="/standing"]');
  await page.waitForURL('**/standing');
  assert.equal(await page.locator('h1').count(), 1);
}
