import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createApp } from '../../functions/api/app.ts';
import { TYPE_COLOURS } from '../../functions/console/app/type-colour.ts';
import { consoleFiles } from '../../functions/console/console-files.ts';
import type { ConsoleFiles } from '../../functions/api/deps.ts';
import { type RunningServer, startServer } from '../../functions/local/server.ts';
import type { LiveTweet } from '../../shared/contracts/api.ts';
import { type ApiHost, createApiHost, liveTweet } from '../support/api-host.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { measureContrasts } from '../support/contrast.ts';

const executablePath = findChromium();
if (executablePath === undefined) {
  console.log('tests: no chromium found (apt-get install chromium); the tests of the page in a browser are skipped');
}

/** One tweet that holds an entity of every type. */
const everyType = ((): LiveTweet => {
  const types = [...Object.keys(TYPE_COLOURS), 'creative-work'];
  const text = types.map((type) => `my ${type.toUpperCase()}`).join(' ');
  const entities = types.map((type) => {
    const start = text.indexOf(` ${type.toUpperCase()}`) + 1;
    return {
      type,
      text: type.toUpperCase(),
      start,
      end: start + type.length,
      startCp: start,
      endCp: start,
      score: 0.5,
    };
  });
  return { ...liveTweet('every-type', text), entities };
})();

describe.skipIf(executablePath === undefined)('the page in a browser', () => {
  let browser: Browser;
  let assets: ConsoleFiles;
  let host: ApiHost;
  let server: RunningServer;
  let troubles: string[];

  const serve = (port = 0): Promise<RunningServer> => startServer({ app: createApp(host.deps), port });

  beforeAll(async () => {
    browser = await launchChromium(executablePath!);
    assets = consoleFiles();
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    troubles = [];
    host = createApiHost({ console: assets, limits: { streamIntervalMs: 1 } });
    server = await serve();
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await server.close(0);
  });

  async function openPage(options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    page.on('pageerror', (error) => troubles.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') troubles.push(message.text());
    });
    await page.goto(server.url);
    await page.waitForSelector('#connection[data-state=live]');
    return page;
  }

  const send = (...tweets: readonly LiveTweet[]): void => {
    host.hub.publish({ kind: 'tagged', tweets });
  };
  const texts = (page: Page, selector: string): Promise<string[]> => page.locator(selector).allInnerTexts();

  test('shows tagged tweets as they come, newest first, without a word on its console', async () => {
    const page = await openPage();
    expect(await page.locator('#waiting').innerText()).toContain(`${server.url}/v1/tweets`);
    send(liveTweet('1', 'first'));
    await page.waitForSelector('.tweet >> text=first');
    send(liveTweet('2', 'second, in Lisbon'));
    await page.waitForSelector('.tweet >> text=second');
    expect((await texts(page, '.tweet .text')).map((text) => text.slice(0, 6))).toEqual(['second', 'first']);
    expect(await page.locator('#waiting').isVisible()).toBe(false);
    expect(troubles).toEqual([]);
  });

  test('marks entities with the colour and the name of their type', async () => {
    const page = await openPage();
    send(everyType);
    await page.waitForSelector('.entity');
    expect(await texts(page, '.entity .type')).toEqual([...Object.keys(TYPE_COLOURS), 'creative-work']);
    const colours = await page.evaluate<string[]>(
      `[...document.querySelectorAll('.entity')].map((entity) => getComputedStyle(entity).backgroundColor)`,
    );
    expect(new Set(colours).size).toBe(colours.length);
  });

  test('moves its counters, and names the model and the failures', async () => {
    const page = await openPage();
    host.setStatus({
      tweetsPerSecond: 2140.6,
      tagged: 12_345,
      rejected: 3,
      queue: { ready: 40, inFlight: 2, dead: 1 },
    });
    host.hub.publish({ kind: 'status', status: host.deps.status() });
    await page.waitForSelector('#tagged >> text=12,345');
    expect(await texts(page, '.counters dd')).toEqual(['2,141', '42', '12,345', '3', '3 bad lines, 1 dead letter']);
    expect(await page.locator('#model').innerText()).toBe('Model 0123456789abcdef');
  });

  test('shows training while there is no model, and takes it away afterwards', async () => {
    const training = { step: 30, steps: 120, epoch: 1, epochs: 4, loss: 1.5, devF1: 0.25, secondsLeft: 12 };
    host.setStatus({ ready: false, modelId: null, training });
    const page = await openPage();
    await page.waitForSelector('#training:not([hidden])');
    expect(await page.locator('#training-facts').innerText()).toBe(
      'Epoch 1 of 4 · step 30 of 120 · loss 1.500 · dev F1 0.250 · 12 s left',
    );
    expect(await page.locator('#waiting').innerText()).toContain('Waiting for a model');
    host.setStatus({ ready: true, modelId: 'abc', training: undefined });
    host.hub.publish({ kind: 'status', status: host.deps.status() });
    await page.waitForSelector('#training', { state: 'hidden' });
    expect(await page.locator('#waiting').innerText()).toContain('Waiting for tweets');
  });

  test('ranks the top entities and lists one type alone, by keyboard', async () => {
    const page = await openPage();
    const entities = [
      { type: 'geo-loc', text: 'Lisbon', count: 9 },
      { type: 'person', text: 'Tess', count: 5 },
      { type: 'creative-work', text: 'Dune', count: 1 },
    ];
    host.hub.publish({ kind: 'top', top: { entities } });
    await page.waitForSelector('#ranking li');
    expect(await texts(page, '#ranking .name')).toEqual(['Lisbon', 'Tess', 'Dune']);
    expect(await texts(page, '.chip')).toEqual(['all', ...Object.keys(TYPE_COLOURS), 'creative-work']);
    await page.locator('.choice input').first().focus();
    await page.keyboard.press('ArrowRight');
    expect(await texts(page, '#ranking .name')).toEqual(['Tess']);
  });

  test('is paused and resumed by keyboard; what came meanwhile is counted and then shown', async () => {
    const page = await openPage();
    send(liveTweet('1', 'before'));
    await page.waitForSelector('.tweet');
    const focused = (): Promise<string> => page.evaluate<string>('document.activeElement.textContent');
    await page.keyboard.press('Tab');
    expect(await focused()).toBe('Skip to the tweets');
    for (const next of ['Live', 'Trends', 'Pause']) {
      await page.keyboard.press('Tab');
      expect(await focused()).toBe(next);
    }
    const outline = await page.evaluate<string>('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await page.keyboard.press('Space');
    send(liveTweet('2', 'after'), liveTweet('3', 'later'));
    await page.waitForSelector('#feed-note >> text=Paused, 2 new');
    expect(await page.locator('.tweet').count()).toBe(1);
    expect(await focused()).toBe('Resume');
    await page.keyboard.press('Enter');
    await page.waitForSelector('.tweet >> text=later');
    expect(await page.locator('.tweet').count()).toBe(3);
    expect(await page.locator('#feed-note').innerText()).toBe('');
  });

  test('skips to the tweets with the first key', async () => {
    const page = await openPage();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('tweets');
  });

  test('keeps a hundred rows at most', async () => {
    const page = await openPage();
    for (let from = 0; from < 160; from += 20) {
      send(...Array.from({ length: 20 }, (_, i) => liveTweet(String(from + i), `tweet ${from + i}.`)));
      await page.waitForSelector(`.tweet >> text="tweet ${from + 19}."`);
    }
    expect(await page.locator('.tweet').count()).toBe(100);
  });

  test('shows markup as text and runs none of it', async () => {
    const page = await openPage();
    const hostile = `<script>document.title='owned'</script><img src=x onerror="document.title='owned'">Lisbon`;
    send({ ...liveTweet('1', hostile), author: '<b>bold</b>' });
    const entities = [{ type: '<i>type</i>', text: '<img src=x onerror=alert(1)>', count: 1 }];
    host.hub.publish({ kind: 'top', top: { entities } });
    await page.waitForSelector('#ranking li');
    await page.waitForSelector('.tweet');
    expect(await page.locator('.tweet .text').innerText()).toContain(hostile);
    expect(await page.locator('main img, main script, main b, main i').count()).toBe(0);
    expect(await page.title()).toBe('Tagwright');
    expect(troubles).toEqual([]);
  });

  test('lets right-to-left text run its own way', async () => {
    const page = await openPage();
    send({ ...liveTweet('1', 'صباح الخير Lisbon \u202e😍'), author: 'شخص' });
    await page.waitForSelector('.tweet');
    const direction = (selector: string): Promise<string> =>
      page.evaluate<string>(`getComputedStyle(document.querySelector('${selector}')).direction`);
    expect(await direction('.tweet .text')).toBe('rtl');
    expect(await direction('.tweet .meta')).toBe('ltr');
    expect(await direction('.tweet .type')).toBe('ltr');
  });

  test.each([320, 360, 768, 1280])('has no horizontal scroll %i pixels wide', async (width) => {
    const page = await openPage({ viewport: { width, height: 780 } });
    send(everyType, liveTweet('long', 'x'.repeat(500)), { ...liveTweet('author', 'a'), author: 'y'.repeat(120) });
    const entities = [{ type: 'musicartist', text: 'z'.repeat(300), count: 1_234_567 }];
    host.hub.publish({ kind: 'top', top: { entities } });
    host.setStatus({ tagged: 1_234_567_890, tweetsPerSecond: 12_345, modelId: 'f'.repeat(64) });
    host.hub.publish({ kind: 'status', status: host.deps.status() });
    await page.waitForSelector('#tagged >> text=1,234,567,890');
    await page.waitForSelector('#ranking li');
    await page.waitForFunction(`document.querySelectorAll('.tweet').length === 3`);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
  });

  test.each(['light', 'dark'] as const)('has a contrast of 4.5 or more for all text in %s', async (colorScheme) => {
    const training = { step: 1, steps: 2, epoch: 1, epochs: 1 };
    host.setStatus({ rejected: 3, training });
    const page = await openPage({ colorScheme });
    send(everyType);
    host.hub.publish({
      kind: 'top',
      top: { entities: Object.keys(TYPE_COLOURS).map((type) => ({ type, text: type, count: 1 })) },
    });
    await page.waitForSelector('#ranking li');
    await page.waitForSelector('.entity');
    await page.click('#pause');
    const contrasts = await measureContrasts(page);
    expect(contrasts.length).toBeGreaterThan(60);
    expect(contrasts.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    const background = await page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
    expect(background).toBe(colorScheme === 'light' ? 'rgb(252, 252, 251)' : 'rgb(17, 19, 23)');
  });

  test('moves nothing for those who ask for that', async () => {
    const animation = `getComputedStyle(document.querySelector('.tweet')).animationName`;
    for (const [reducedMotion, expected] of [
      ['reduce', 'none'],
      ['no-preference', 'arrive'],
    ] as const) {
      const page = await openPage({ reducedMotion });
      send(liveTweet(reducedMotion, 'a'));
      await page.waitForSelector('.tweet');
      expect(await page.evaluate(animation)).toBe(expected);
    }
  });

  test('says when the connection is lost, connects to the restarted server and shows nothing twice', async () => {
    const page = await openPage();
    send(liveTweet('1', 'before'));
    await page.waitForSelector('.tweet >> text=before');
    await server.close(0);
    await page.waitForSelector('#connection[data-state=lost]');
    server = await serve(server.port);
    send(liveTweet('1', 'before'), liveTweet('2', 'after'));
    await page.waitForSelector('#connection[data-state=live]');
    await page.waitForSelector('.tweet >> text=after');
    expect(await page.locator('.tweet').count()).toBe(2);
  });

  test('connects again after a server that was full', async () => {
    const full = createApiHost({ console: assets, limits: { maxStreams: 0 } });
    const page = await openPage();
    await server.close(0);
    server = await startServer({ app: createApp(full.deps), port: server.port });
    const refused = await page.waitForResponse((response) => response.url().endsWith('/v1/stream'));
    expect(refused.status()).toBe(503);
    await server.close(0);
    server = await serve(server.port);
    await page.waitForSelector('#connection[data-state=live]');
  });
});
