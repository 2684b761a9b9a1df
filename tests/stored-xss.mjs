// Texts that would run a script if a page wrote them as markup: written through the API into every text field of every
// register, then shown in lists, records, forms, histories and searches. None may run, and none may try.
import assert from 'node:assert/strict';
import { apiToken, code, signIn } from './lib/house.mjs';
import { PAYLOADS } from './lib/payloads.mjs';

/** What is written doesn't depend on the width or the language. */
export const alone = true;
export const views = (view) => view.lang === 'ja' && view.width === 1280 && view.js;

export default async function (context) {
  assert.ok(PAYLOADS.length >= 100 && new Set(PAYLOADS).size === PAYLOADS.length, `${PAYLOADS.length} payloads`);
  const page = await signIn(context, 'myoko');
  const token = await apiToken(page, 'write');
  const api = async (path, method = 'GET', body) => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${context.url}${path}`, { method, headers, body: body && JSON.stringify(body) });
    return { status: answer.status, said: await answer.json() };
  };
  const { registers } = (await api('/api/v1/registers')).said;
  const written = [];
  const told = new Map();
  for (const register of registers.filter(({ may }) => may.includes('create'))) {
    const samples = (await api(`/api/v1/r/${register.name}`)).said.records;
    const texts = register.fields.filter(({ kind, many }) => (kind === 'text' || kind === 'long') && !many);
    const longest = Math.max(...texts.map(({ max }) => max));
    let made = 0;
    for (const [at, payload] of PAYLOADS.entries()) {
      const { status, said } = await api(`/api/v1/r/${register.name}`, 'POST', { fields: fields(register, samples, payload, at) });
      if (status === 201) {
        written.push({ register: register.name, id: said.id, payload });
        made += 1;
      } else if (payload.length <= longest) {
        assert.equal(status, 422, `${register.name}: ${JSON.stringify(said)}`);
        told.set(register.name, said.detail);
      }
    }
    console.log(`  ${register.name}: ${made} of ${PAYLOADS.length} payloads${made === 0 ? `: ${told.get(register.name)}` : ''}`);
  }
  const reached = new Set(written.map(({ register }) => register));
  for (const must of ['asset', 'person', 'unit', 'organ', 'grade', 'document', 'term', 'evidence', 'declaration', 'role_holding']) {
    assert.ok(reached.has(must), `payloads are in ${must}: ${told.get(must)}`);
  }
  assert.ok(written.length >= 800, `${written.length} records hold payloads`);

  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      window.__tried = `${event.violatedDirective} ${event.blockedURI} ${event.sample}`;
    });
  });
  const alarms = [];
  page.on('dialog', (dialog) => {
    alarms.push(`${page.url()}: ${dialog.message()}`);
    dialog.dismiss();
  });
  let opened = 0;
  const harmless = async (path, marked) => {
    const answer = await page.goto(path, { waitUntil: 'load' });
    assert.equal(answer.status(), 200, path);
    // What waits for focus or the pointer gets both.
    const { ran, tried, foreign } = await page.evaluate(() => {
      for (const part of document.querySelectorAll('main a, main input, main textarea, main select, main td, main p')) {
        part.dispatchEvent(new PointerEvent('pointerenter', { bubbles: true }));
        part.dispatchEvent(new MouseEvent('mouseover', { bubbles: true }));
      }
      const handlers = [...document.querySelectorAll('*')].flatMap((part) => [...part.attributes].filter(({ name }) => name.startsWith('on')));
      const links = [...document.querySelectorAll('a[href], form[action], [formaction], iframe, object, embed, base, meta[http-equiv]')];
      const bad = links.filter((part) => /^(javascript|data|vbscript):/i.test(part.href || part.action || '') || /^(IFRAME|OBJECT|EMBED|BASE)$/.test(part.tagName));
      const scripts = [...document.scripts].filter(({ src }) => !src.startsWith(location.origin));
      return { ran: window.__xss, tried: window.__tried, foreign: handlers.length + bad.length + scripts.length };
    });
    assert.deepEqual({ ran, tried, foreign, alarms }, { ran: undefined, tried: undefined, foreign: 0, alarms: [] }, `${path}: ${marked}`);
    opened += 1;
  };
  for (const register of reached) {
    await harmless(`/r/${register}`, 'list');
    await harmless(`/r/${register}?sort=new`, 'list');
    await harmless(`/r/${register}/new`, 'form');
  }
  // Each payload as a record's page shows it, in one register after the other; some in forms and among the hits of a search.
  const order = [...reached];
  for (const [at, payload] of PAYLOADS.entries()) {
    const of = written.filter((record) => record.payload === payload);
    const { register, id } = of.find((record) => record.register === order[at % order.length]) ?? of[at % of.length] ?? {};
    if (!id) continue;
    await harmless(`/r/${register}/${id}`, payload);
    if (at % 4 === 0 && register !== 'declaration') await harmless(`/r/${register}/${id}/edit`, payload);
    if (at % 5 === 0) await harmless(`/search?q=${encodeURIComponent(payload.slice(0, 90))}`, payload);
  }
  await harmless('/today', 'today');
  await harmless('/standing', 'standing');
  console.log(`  ${written.length} records with payloads, ${opened} pages opened, none ran`);
  await page.close();
  // Others look at the same house: what was written is put away.
  for (const { register, id } of written) {
    const headers = { authorization: `Bearer ${token}`, 'if-match': '"1"' };
    const answer = await fetch(`${context.url}/api/v1/r/${register}/${id}/archive`, { method: 'POST', headers });
    assert.ok([200, 403, 422].includes(answer.status), `${register} ${id}: ${answer.status}`);
  }
}

/** The fields of a new record: the payload in every text, the rest as another record of the register has it. */
function fields(register, samples, payload, at) {
  const like = samples[at % Math.max(samples.length, 1)]?.fields ?? {};
  const all = {};
  for (const { name, kind, many, max, required, options, min } of register.fields) {
    if (name === 'mail') continue; // has a form of its own
    if (kind === 'text' || kind === 'long') {
      // What must be unique or have its own form keeps to it.
      if (['code', 'slug', 'login', 'number', 'value', 'scale', 'kana'].includes(name)) all[name] = name === 'scale' ? 'sample' : code();
      else if (!many && payload.length <= max) all[name] = unique(register.name, name) ? `${payload} ${code()}`.slice(-max) : payload;
    } else if (like[name] !== undefined) {
      all[name] = like[name];
    } else if (required && kind === 'choice') {
      all[name] = options[0].value;
    } else if (required && kind === 'integer') {
      all[name] = Math.max(min, 1);
    }
  }
  return JSON.parse(JSON.stringify(all));
}

/** Names that occur once in their register. */
function unique(register, name) {
  return (name === 'name' && ['organ', 'unit', 'document'].includes(register)) || name === 'term';
}
