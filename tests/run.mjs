// Runs the browser journeys against a running demonstration, whose folder names the password:
// SEKIMORI_URL=http://127.0.0.1:8600 SEKIMORI_DATA=sekimori-data/demo node run.mjs [journey …]
//
// A journey is a file beside this one that exports `default async function (context)`. It is run once for each view, or
// for those that its `views` export keeps: `export const views = (view) => view.js;`. One that would be in the way of others
// exports `alone = true` and walks after them, a view at a time. A journey fails when it throws,
// when a page of its reports an error, or when a page breaks the content security policy.
import { mkdir, readFile, readdir } from 'node:fs/promises';
import { chromium } from 'playwright-core';
import { AxeBuilder } from '@axe-core/playwright';

const HERE = new URL('./', import.meta.url);
const PATIENCE = 60_000;
const JOURNEY = 180_000;
const SIDE_BY_SIDE = 3;
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const VIEWS = [
  { lang: 'ja', width: 1280, js: true },
  { lang: 'ja', width: 390, js: true },
  { lang: 'en', width: 1280, js: true },
  { lang: 'en', width: 390, js: true },
  { lang: 'ja', width: 1280, js: false },
];

const url = process.env.SEKIMORI_URL?.replace(/\/$/, '');
if (!url) throw new Error('set SEKIMORI_URL to the address of a running Sekimori');
await awaken();
const password = /^password = "(.+)"$/m.exec(await readFile(`${process.env.SEKIMORI_DATA}/DEMO`, 'utf8'))[1];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium' });
const tally = { passed: 0, failed: 0, measured: 0, pages: new Set() };
const walks = [];
const alone = [];
for (const name of await journeys(process.argv.slice(2))) {
  const journey = await import(new URL(`${name}.mjs`, HERE));
  for (const view of VIEWS.filter(journey.views ?? (() => true))) (journey.alone ? alone : walks).push(() => walk(name, journey.default, view));
}
await Promise.all(Array.from({ length: SIDE_BY_SIDE }, walkOn));
for (const next of alone) await next();
await browser.close();
console.log(`\n${tally.passed} passed, ${tally.failed} failed; ${tally.measured} pages measured, ${tally.pages.size} different in a view`);
process.exitCode = tally.failed === 0 && tally.passed > 0 ? 0 : 1;

/** Waits until the house says that it is well. */
async function awaken() {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await fetch(`${url}/healthz`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > end) throw new Error(`${url}/healthz: ${answer ? answer.status : 'no answer'} after ${PATIENCE / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** The names of all journeys, or of those wanted. */
async function journeys(wanted) {
  const files = await readdir(HERE);
  const names = files.filter((file) => file.endsWith('.mjs') && file !== 'run.mjs').map((file) => file.slice(0, -4)).sort();
  const unknown = wanted.filter((name) => !names.includes(name));
  if (unknown.length > 0) throw new Error(`no journey ${unknown.join(', ')}: there are ${names.join(', ')}`);
  return wanted.length > 0 ? wanted : names;
}

/** Runs what still waits, one after the other. */
async function walkOn() {
  for (let next = walks.shift(); next; next = walks.shift()) await next();
}

/** Runs one journey in one view, and says how it went. */
async function walk(name, journey, view) {
  const label = `${name} ${view.lang} ${view.width}${view.js ? '' : ' without script'}`;
  const start = Date.now();
  const opened = [];
  const faults = [];
  try {
    const measure = view.js ? (page) => axe(page, view) : unmeasured;
    const context = { url, password, ...view, view: VIEWS.indexOf(view), open: (path) => open(path, view, opened, faults), axe: measure };
    await within(JOURNEY, journey(context));
    if (faults.length > 0) throw new Error('a page reported errors');
    tally.passed += 1;
    console.log(`ok ${label} (${Date.now() - start} ms)`);
  } catch (error) {
    tally.failed += 1;
    console.log([`FAILED ${label}`, error.stack ?? error, ...faults].join('\n'));
    await picture(opened, label);
  } finally {
    for (const page of opened) await page.context().close();
  }
}

/** A page of a new visitor, without cookies of any other; a path is opened at once. */
async function open(path, { lang, width, js }, opened, faults) {
  const context = await browser.newContext({
    baseURL: url,
    locale: lang === 'ja' ? 'ja-JP' : 'en-GB',
    timezoneId: 'Asia/Tokyo',
    viewport: { width, height: 900 },
    javaScriptEnabled: js,
    reducedMotion: 'reduce', // a page that still moves can't be clicked
  });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  opened.push(page);
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error}`));
  page.on('console', (message) => {
    // Chromium reports every status from 400 on; a page may answer so, but nothing that it loads.
    const answer = message.text().startsWith('Failed to load resource');
    if (message.type() === 'error' && !answer) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on('response', (answer) => {
    const loaded = answer.request().resourceType() !== 'document';
    if (loaded && answer.status() >= 400) faults.push(`${page.url()}: ${answer.status()} ${answer.url()}`);
  });
  if (path) await page.goto(path);
  return page;
}

/** Fails if the page breaks a rule of WCAG 2.2 A or AA that axe knows. */
async function axe(page, { lang, width }) {
  tally.measured += 1;
  tally.pages.add(`${lang} ${width} ${new URL(page.url()).pathname.replace(/[0-9a-z]{26}/g, '…')}`);
  // Our pages have no frames, for which alone the other mode opens a page of its own each time.
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] }).withTags(TAGS).setLegacyMode(true);
  const { violations } = await builder.analyze();
  const told = violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${rule.help}: ${node.target.join(' ')}`));
  if (told.length > 0) throw new Error(`${page.url()} is not accessible:\n${told.join('\n')}`);
}

/** Without script axe never answers: the page is measured in the views that have it. */
async function unmeasured() {}

/** What is promised, or an error when it takes too long. */
async function within(time, promised) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not done within ${time / 1000} s`)), time);
  });
  return Promise.race([promised, late]).finally(() => clearTimeout(timer));
}

/** Keeps what a failed journey saw last. */
async function picture(opened, label) {
  await mkdir(new URL('shots/', HERE), { recursive: true });
  for (const [index, page] of opened.entries()) {
    const file = new URL(`shots/${label.replaceAll(' ', '-')}-${index}.png`, HERE).pathname;
    const taken = await page.screenshot({ path: file, fullPage: true }).catch(() => undefined);
    if (taken) console.log(`  see ${file}`);
  }
}
