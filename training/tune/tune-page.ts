import { html, raw } from 'hono/html';
import { readFileSync } from 'node:fs';
import { factList, nothing, scrolling, table, type Facts } from '../report/markup.ts';
import { page } from '../report/page.ts';
import { chartWidth, parallelCoordinates } from './parallel-coordinates.ts';
import type { SearchSpace } from './space.ts';
import { numberColumns, trialTable, type TrialResult } from './trial-table.ts';

const STYLE = readFileSync(new URL('./tune-page.css', import.meta.url), 'utf8');

export interface TunePageInput {
  /** Said under the heading: what was searched, on what, how. */
  readonly facts: Facts;
  readonly space: SearchSpace;
  readonly results: readonly TrialResult[];
  /** The best settings, as JSON. */
  readonly best: string;
}

/** What a search found as one page in the style of the report: nothing to fetch, no scripts, light and dark. */
export async function tunePage({ facts, space, results, best }: TunePageInput): Promise<string> {
  const trials = trialTable(space, results);
  const isNumber = numberColumns(trials);
  const failures = results.filter(({ failure }) => failure !== null);
  const plot = html`<div class="parallel" style="--width: ${chartWidth(space)}px">
    ${raw(parallelCoordinates(space, results))}
  </div>`;
  const body = html`<header>
      <h1>Search of settings</h1>
      ${factList(facts)}
    </header>
    <main>
      <h2>Trials</h2>
      ${scrolling('A line a trial, from its settings to its best F1 on dev. The best three stand out.', plot)}
      ${table({
        caption: 'Best F1 on dev of each trial, in per cent.',
        columns: trials.columns.map((head, i) => ({ head, number: isNumber[i]! })),
        rows: trials.rows,
      })}
      ${
        failures.length === 0
          ? nothing
          : html`<h2>Failures</h2>
              <ul>
                ${failures.map(({ trial, failure }) => html`<li>Trial ${trial.id}: ${failure}</li> `)}
              </ul>`
      }
      <h2>Best settings</h2>
      <pre>${best}</pre>
    </main>`;
  return page('Search of settings', body, STYLE);
}
