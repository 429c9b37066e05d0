import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import type { ConsoleFiles } from '../../functions/api/deps.ts';
import { consoleFiles } from '../../functions/console/console-files.ts';
import { type RunningServer, startServer } from '../../functions/local/server.ts';
import { createDirectTrends } from '../../functions/trends/direct-trends.ts';
import { TrendStore } from '../../shared/trends/trend-store.ts';
import { createApiHost } from '../support/api-host.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { measureContrasts } from '../support/contrast.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trendRecord, type MadeName } from '../support/trend-records.ts';

const executablePath = findChromium();
const MINUTE = 60_000;
const END = Date.parse('2026-11-20T12:00:00Z');

const named = (type: string, text: string): MadeName => ({ type, text });
const kai = named('person', 'Kai Novak');

/** Two hours of a steady place, in whose last minutes a person rises whose name some misspell. */
function fill(store: TrendStore): void {
  const at = (minute: number, i: number) => END - minute * MINUTE + i;
  const steady = Array.from({ length: 120 }, (_, m) =>
    [0, 1, 2, 3].map((i) => trendRecord({ id: `s${m} ${i}`, at: at(m, i), names: [named('geo-loc', 'Lisbon')] })),
  ).flat();
  const rise = Array.from({ length: 8 }, (_, m) =>
    [0, 1, 2, 3, 4, 5].map((i) =>
      trendRecord({
        id: `k${m} ${i}`,
        at: at(m, 10 + i),
        names: [kai, named('geo-loc', 'Lisbon')],
        author: `user${i}`,
      }),
    ),
  ).flat();
  const misspelt = trendRecord({ id: 'x', at: END, names: [named('person', 'Kai Novakk')], author: 'typo' });
  store.add('all', [...steady, ...rise, misspelt]);
  store.findVariants();
}

describe.skipIf(executablePath === undefined)('the trends page in a browser', () => {
  let browser: Browser;
  let files: ConsoleFiles;
  let store: TrendStore;
  let server: RunningServer;
  let troubles: string[];

  beforeAll(async () => {
    browser = await launchChromium(executablePath!);
    files = consoleFiles();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    troubles = [];
    store = new TrendStore({ path: join(tempFolder(), 'trends.sqlite'), clock: () => new Date(END) });
    const host = createApiHost({ console: files, trends: createDirectTrends(store) });
    server = await startServer({ app: createApp(host.deps), port: 0 });
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await server.close(0);
    store.close();
  });

  async function openPage(path = '/trends?window=10m', options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    await page.goto(`${server.url}${path}`);
    await page.waitForSelector('#connection[data-state=live]');
    return page;
  }
  const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();

  test('shows what rises, who with, and in which tweets, without a word on its console', async () => {
    fill(store);
    const page = await openPage();
    expect(await page.locator('#trends-title').innerText()).toBe('Rising in the last 10 minutes');
    expect(await texts(page, '.trend-name')).toEqual(['Kai Novak']);
    expect(await texts(page, '.trend-count')).toEqual(['49']);
    expect(await texts(page, '.trend-rise')).toEqual(['new']);
    expect(await page.locator('#detail-name').innerText()).toBe('Kai Novak');
    expect(await page.locator('#chart canvas').count()).toBe(1);
    expect(await page.locator('.spark canvas').count()).toBe(1);
    expect(await page.locator('#chart').getAttribute('aria-label')).toContain(
      'Tweets that mention Kai Novak over time',
    );
    expect((await texts(page, '.companion'))[0]).toContain('Lisbon');
    expect((await texts(page, '#examples .entity .type')).slice(0, 1)).toEqual(['person']);
    expect(troubles).toEqual([]);
  });

  test('counts a spelling apart when asked, and brings it back', async () => {
    fill(store);
    const page = await openPage();
    await page.click('.undo');
    await page.waitForSelector('#said >> text=counts on its own again');
    expect(await texts(page, '.trend-count')).toEqual(['48']);
    await page.click('#said .link');
    await page.waitForSelector('#said >> text=counts as this name again');
    expect(await texts(page, '.trend-count')).toEqual(['49']);
    expect(store.reader.merges()).toMatchObject([{ form: 'kai novakk', state: 'pinned' }]);
  });

  test('is chosen from by keyboard, and keeps the choice in its address', async () => {
    fill(store);
    const page = await openPage();
    await page.focus('input[name=order][value=rising]');
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector('.trend-name >> text=Lisbon');
    expect(await texts(page, '.trend-name')).toEqual(['Lisbon', 'Kai Novak']);
    await page.focus('.trend >> nth=0');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.trend[aria-current] >> text=Kai Novak');
    expect(new URL(page.url()).search).toBe('?window=10m&order=count&key=person%3Akai+novak');
    await page.goBack();
    await page.waitForSelector('.trend[aria-current] >> text=Lisbon');
    await page.fill('#find', 'novak');
    await page.waitForSelector('#trends li:only-child .trend-name >> text=Kai Novak');
    expect(troubles).toEqual([]);
  });

  test('shows new tweets by itself, without building its rows anew', async () => {
    fill(store);
    const page = await openPage();
    await page.evaluate(`document.querySelector('.trend').dataset.same = 'yes'`);
    store.add('more', [trendRecord({ id: 'more', at: END, names: [kai] })]);
    await page.waitForSelector('.trend[data-same=yes] .trend-count >> text=50');
  });

  test('says what to do while nothing is counted, and what is missing while there is no past', async () => {
    const page = await openPage();
    expect(await page.locator('#empty').innerText()).toContain(`${server.url}/v1/tweets`);
    expect(await page.locator('#detail').isVisible()).toBe(false);
    store.add('first', [trendRecord({ id: '1', at: END, names: [kai] })]);
    await page.waitForSelector('.trend');
    expect(await page.locator('#note').innerText()).toBe('There is too little past yet to say what rises.');
    expect(await page.locator('#trends-title').innerText()).toBe('Most mentioned in the last 10 minutes');
  });

  test('shows text of tweets as text, whatever it says, in its own direction', async () => {
    const evil = '<img src=x onerror=alert(1)>';
    store.add('a', [
      trendRecord({
        id: '1',
        at: END,
        author: '<b>bold</b>',
        names: [named('person', evil), named('geo-loc', '\u0644\u0634\u0628\u0648\u0646\u0629')],
      }),
      trendRecord({ id: '2', at: END, names: [named('geo-loc', '\u0644\u0634\u0628\u0648\u0646\u0629')] }),
    ]);
    const page = await openPage('/trends?window=10m&order=count');
    expect(await page.locator('img').count()).toBe(0);
    expect(await page.locator('.trend-name').allInnerTexts()).toContain(evil);
    expect(await page.evaluate(`getComputedStyle(document.querySelector('#detail-name')).direction`)).toBe('rtl');
    expect(troubles).toEqual([]);
  });

  test.each([320, 375, 768, 1280])('has no horizontal scroll %i pixels wide', async (width) => {
    fill(store);
    store.add(
      'long',
      Array.from({ length: 80 }, (_, i) =>
        trendRecord({ id: `l${i}`, at: END, names: [named('musicartist', 'z'.repeat(110))] }),
      ),
    );
    const page = await openPage('/trends?window=10m', { viewport: { width, height: 780 } });
    await page.waitForSelector('.trend');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    await page.click('.trend >> nth=0');
    await page.waitForSelector('#detail:not([hidden]) #chart canvas');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test('gives a narrow screen to the list or to the open name, and leads back', async () => {
    fill(store);
    const page = await openPage('/trends?window=10m', { viewport: { width: 375, height: 780 } });
    expect(await page.locator('#detail').isVisible()).toBe(false);
    await page.click('.trend');
    await page.waitForSelector('#detail-name >> text=Kai Novak');
    expect(await page.locator('#trends').isVisible()).toBe(false);
    await page.click('#back');
    await page.waitForSelector('.trend >> visible=true');
    expect(await page.locator('#detail').isVisible()).toBe(false);
  });

  test.each(['light', 'dark'] as const)('has a contrast of 4.5 or more for all text in %s', async (colorScheme) => {
    fill(store);
    const page = await openPage('/trends?window=10m&order=count', { colorScheme });
    await page.waitForSelector('#examples .tweet');
    await page.click('.numbers summary');
    const contrasts = await measureContrasts(page);
    expect(contrasts.length).toBeGreaterThan(40);
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
  });

  test('is a click away from the live page, and that from it', async () => {
    fill(store);
    const page = await openPage('/');
    await page.click('nav >> text=Trends');
    await page.waitForSelector('#trends .trend, #empty:not([hidden])');
    await page.click('nav >> text=Live');
    await page.waitForSelector('#counters');
  });
});
