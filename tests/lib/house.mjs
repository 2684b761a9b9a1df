// What several journeys do: sign in, look at a page whole, send a form.
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

/** Opens a path and looks at it whole: one heading, nothing wider than the window, axe. */
export async function look(context, page, path) {
  const answer = await page.goto(path);
  assert.equal(answer.status(), 200, path);
  await seen(context, page);
}

/** Looks at the page that is open. */
export async function seen({ lang, axe }, page) {
  const path = page.url();
  assert.equal(await page.locator('html').getAttribute('lang'), lang, path);
  assert.equal(await page.locator('h1').count(), 1, `one heading that names the page: ${path}`);
  const { wide, room } = await page.evaluate(() => ({
    wide: document.documentElement.scrollWidth,
    room: document.documentElement.clientWidth,
  })).catch(() => ({ wide: 0, room: 0 }));
  assert.ok(wide <= room, `${path} is ${wide} wide in ${room}`);
  await axe(page);
}

/** Sends the form of the page's matter. */
export async function send(page, action) {
  await page.click(`form[action="${action}"] button[type=submit]`);
}
