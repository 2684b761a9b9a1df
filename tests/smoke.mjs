// The house is up, and a visitor without a session is shown the way in.
import assert from 'node:assert/strict';

export default async function ({ url, lang, open, axe }) {
  assert.equal((await fetch(`${url}/healthz`)).status, 200);

  const page = await open('/');
  assert.equal(await page.locator('html').getAttribute('lang'), lang);
  assert.equal(await page.locator('input[type=password]').count(), 1, 'one field for the password');
  assert.equal(await page.locator('h1').count(), 1, 'one heading that names the page');
  assert.notEqual((await page.title()).trim(), '');
  await axe(page);
}
