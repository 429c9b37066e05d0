import { html } from 'hono/html';
import { curvesOf } from './curves.ts';
import { page } from './page.ts';
import type { HistoryEvent } from './report-input.ts';
import { curvesSection } from './training-section.ts';

/** Loss and dev F1 of a run so far, as a page of its own. */
export function curvesPage(history: readonly HistoryEvent[]): Promise<string> {
  const body = html`<header><h1>Training so far</h1></header>
    <main>${curvesSection({ curves: curvesOf(history) })}</main>`;
  return page('Training curves', body);
}
