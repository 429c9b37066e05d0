import { html, raw } from 'hono/html';
import { readFileSync } from 'node:fs';
import type { Markup } from './markup.ts';

const STYLE = readFileSync(new URL('./report.css', import.meta.url), 'utf8');

/**
 * A self-contained page in the style of the report: nothing to fetch, no scripts, light and dark, printable.
 *
 * @param style further rules of CSS
 */
export async function page(title: string, body: Markup, style = ''): Promise<string> {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>${title}</title>
        <style>
          ${raw(`${STYLE}\n${style}`)}
        </style>
      </head>
      <body>
        ${body}
      </body>
    </html>`;
  return `${(await document).toString()}\n`;
}
