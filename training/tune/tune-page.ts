import { html, raw } from 'hono/html';
import { readFileSync } from 'node:fs';
import { parallelCoordinates } from './parallel-coordinates.ts';
import type { SearchSpace } from './space.ts';
import { numberColumns, trialTable, type TrialResult } from './trial-table.ts';

const STYLE = readFileSync(new URL('./tune-page.css', import.meta.url), 'utf8');

export interface TunePageInput {
  /** Said under the heading: what was searched, on what, how. */
  readonly facts: readonly (readonly [name: string, value: string])[];
  readonly space: SearchSpace;
  readonly results: readonly TrialResult[];
  /** The best settings, as JSON. */
  readonly best: string;
}

/** What a search found as one page: nothing to fetch, no scripts, light and dark. */
export async function tunePage({ facts, space, results, best }: TunePageInput): Promise<string> {
  const table = trialTable(space, results);
  const { columns, rows } = table;
  const kinds = numberColumns(table).map((isNumber) => (isNumber ? 'number' : 'name'));
  const failures = results.filter(({ failure }) => failure !== null);
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'" />
        <title>Search of settings</title>
        <style>
          ${raw(STYLE)}
        </style>
      </head>
      <body>
        <h1>Search of settings</h1>
        <dl>
          ${facts.map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd>${value}</dd>
              </div> `,
          )}
        </dl>
        <h2>Trials</h2>
        <figure>
          <div class="scroll" role="region" tabindex="0" aria-label="Plot of the trials">
            ${raw(parallelCoordinates(space, results))}
          </div>
          <figcaption>A line a trial, from its settings to its best F1 on dev. The best three stand out.</figcaption>
        </figure>
        <div class="scroll" role="region" tabindex="0" aria-label="Table of the trials">
          <table>
            <thead>
              <tr>
                ${columns.map((column, i) => html`<th scope="col" class="${kinds[i]!}">${column}</th>`)}
              </tr>
            </thead>
            <tbody>
              ${rows.map(
                (row) =>
                  html`<tr>
                    ${row.map((cell, i) =>
                      i === 0
                        ? html`<th scope="row" class="${kinds[i]!}">${cell}</th>`
                        : html`<td class="${kinds[i]!}">${cell}</td>`,
                    )}
                  </tr> `,
              )}
            </tbody>
          </table>
        </div>
        ${
          failures.length === 0
            ? ''
            : html`<h2>Failures</h2>
                <ul>
                  ${failures.map(({ trial, failure }) => html`<li>Trial ${trial.id}: ${failure}</li> `)}
                </ul>`
        }
        <h2>Best settings</h2>
        <pre>${best}</pre>
      </body>
    </html>`;
  return `${(await page).toString()}\n`;
}
