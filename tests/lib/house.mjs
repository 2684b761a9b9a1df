// What several journeys do: sign in, look at a page whole, send a form, make a record.
import assert from 'node:assert/strict';

/** Signs in as one of the demonstration's accounts; gives the page, which then shows today. */
export async function signIn({ open, password }, login) {
  const page = await open('/sign-in');
  await page.fill('input[name=login]', login);
  await page.fill('input[name=password]', password);
  await page.click('form[action="/sign-in"] button[type=submit]');
  await page.waitForURL('**/today');
  return page;
}

/** Makes a token on the page of one's own tokens, for all registers; the page must have signed in. */
export async function apiToken(page, kind) {
  await page.goto('/account/tokens');
  await page.fill('input[name=name]', 'journey');
  await page.check(`input[name=kind][value=${kind}]`);
  await send(page, '/account/tokens');
  const value = await page.locator('main pre').first().textContent();
  assert.match(value, /^skm_[\w-]{43}$/);
  return value;
}

/** Opens a path and looks at it whole. */
export async function look(context, page, path, status = 200) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), status, path);
  await seen(context, page);
}

/** Looks at the page that is open: one heading, its own title, nothing wider than the window, axe. */
export async function seen({ lang, axe }, page) {
  const path = page.url();
  assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
  assert.equal(await page.locator('h1').count(), 1, `one heading that names the page: ${path}`);
  assert.notEqual((await page.title()).split('|')[0].trim(), '', `a title: ${path}`);
  assert.equal(await page.locator('main').count(), 1, path);
  await fits(page);
  await axe(page);
}

/** Nothing is wider than the window. */
export async function fits(page) {
  const { wide, room } = await page.locator('html').evaluate((root) => ({ wide: root.scrollWidth, room: root.clientWidth }));
  assert.ok(wide <= room, `${page.url()} is ${wide} wide in ${room}`);
}

/** Sends the form that posts to `action`. */
export async function send(page, action) {
  await page.click(`form[action="${action}"] button[type=submit]`);
}

/** The word of the page's language. */
export function say({ lang }, ja, en) {
  return lang === 'ja' ? ja : en;
}

let made = 0;

/** A code that no other record has, however often the journeys run. */
export function code() {
  made += 1;
  return `T-${Date.now().toString(36)}-${process.pid.toString(36)}-${made}`;
}

/** Fills in the form of a new asset, all but its section. */
export async function fillAsset(page, number, name) {
  await page.fill('input[name=code]', number);
  await page.fill('input[name=name]', name);
  await page.selectOption('select[name=kind]', 'device');
  for (const [scale, grade] of [['confidentiality', '2'], ['integrity', '1'], ['availability', '1']]) {
    await page.check(`input[name=${scale}][value="${grade}"]`);
  }
}

/** Chooses a linked record: with script from what is offered while one types, without it by its name. */
export async function pick({ js }, page, field, name) {
  const text = page.locator(`input[name=${field}_text]`);
  if (!js) return text.fill(name);
  await text.pressSequentially(name.slice(0, 3));
  await page.locator('.sk-options [role=option]', { hasText: name }).first().waitFor();
  await text.press('ArrowDown');
  await text.press('Enter');
  assert.equal(await text.inputValue(), name);
  assert.notEqual(await page.inputValue(`input[type=hidden][name=${field}]`), '', `${name} is chosen, not only typed`);
}
