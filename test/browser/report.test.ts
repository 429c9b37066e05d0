import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { reportData } from '../../training/report/report-data.ts';
import { reportHtml } from '../../training/report/report-html.ts';
import { findChromium, launchChromium } from '../support/chromium.ts';
import { measureContrasts } from '../support/contrast.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { tinyReport } from '../support/tiny-report.ts';

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the report in a browser', () => {
  let browser: Browser;
  let html: string;
  beforeAll(async () => {
    browser = await launchChromium(executablePath!);
    html = await reportHtml(reportData(tinyReport));
  });
  afterAll(() => browser.close());

  test.each(['light', 'dark'] as const)(
    'is readable in %s: every text has a contrast of at least 4.5',
    async (scheme) => {
      const context = await browser.newContext({ colorScheme: scheme });
      const page = await context.newPage();
      await page.setContent(html);
      // The dots of empty cells say nothing.
      const poor = (await measureContrasts(page)).filter(({ text, ratio }) => text !== '·' && ratio < 4.5);
      expect(poor).toEqual([]);
      const ink = "[...document.querySelectorAll('svg text')].map((text) => getComputedStyle(text).fill)";
      const inks = new Set(await page.evaluate<string[]>(ink));
      expect(inks.has('rgb(0, 0, 0)')).toBe(false);
      await context.close();
    },
  );

  test.each([390, 800, 1100])('does not scroll sideways at a width of %i', async (width) => {
    const context = await browser.newContext({ viewport: { width, height: 800 } });
    const page = await context.newPage();
    await page.setContent(html);
    expect(await page.evaluate<number>('document.documentElement.scrollWidth')).toBe(width);
    await context.close();
  });

  test('needs no scripts, asks for nothing and runs nothing of the data', async () => {
    const file = join(tempFolder(), 'report.html');
    writeFileSync(file, html);
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    const requests: string[] = [];
    const troubles: string[] = [];
    page.on('request', (request) => requests.push(request.url()));
    page.on('console', (message) => troubles.push(message.text()));
    page.on('dialog', (dialog) => troubles.push(dialog.message()));
    await page.goto(pathToFileURL(file).href);
    expect(requests).toEqual([pathToFileURL(file).href]);
    expect(troubles).toEqual([]);
    expect(await page.getByText('<script>alert(1)</script>').count()).toBeGreaterThan(0);
    expect(await page.getByRole('img', { name: 'Training loss by step' }).isVisible()).toBe(true);
    await context.close();
  });
});
