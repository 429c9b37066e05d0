import { html } from 'hono/html';
import type { BeforeAfter } from './calibration-report.ts';
import { reliabilityChart } from './charts.ts';
import { behind, figure, grouped, percent, table, type Markup } from './markup.ts';
import type { SplitReport } from './report-data.ts';

/** How far confidences can be believed: the reliability diagram and the expected calibration errors. */
export function calibrationSection({ name, calibration }: SplitReport, id: string): Markup {
  if (calibration === null) return html`<p class="note">${name} was measured without confidences.</p>`;
  const { entities, words } = calibration;
  const rows: readonly (readonly [string, (of: BeforeAfter) => string])[] = [
    ['count', ({ raw }) => grouped(raw.count)],
    ['right', ({ raw }) => percent(raw.accuracy)],
    ['mean confidence, as trained', ({ raw }) => percent(raw.meanConfidence)],
    ['mean confidence, calibrated', ({ calibrated }) => percent(calibrated.meanConfidence)],
    ['ECE, as trained', ({ raw }) => percent(raw.ece, 2)],
    ['ECE, calibrated', ({ calibrated }) => percent(calibrated.ece, 2)],
  ];
  const bins = table({
    caption: `${name}: found entities by calibrated confidence`,
    columns: ['confidence', 'entities', 'mean', 'right'].map((head, i) => ({ head, number: i > 0 })),
    rows: entities.calibrated.bins.map(({ low, high, count, confidence, accuracy }) => [
      `${percent(low, 0)} to ${percent(high, 0)}`,
      grouped(count),
      confidence === null ? '' : percent(confidence),
      accuracy === null ? '' : percent(accuracy),
    ]),
  });
  return html`<div class="pair">
    ${figure(
      reliabilityChart(entities, id),
      'Found entities in ten bins of equal width. On the diagonal a model is as often right as it says.',
      behind(bins),
    )}
    <div>
      ${table({
        caption: `${name}: calibration in per cent, before and after temperature scaling`,
        columns: [{ head: '' }, { head: 'found entities', number: true }, { head: 'words', number: true }],
        rows: rows.map(([what, value]) => [what, value(entities), value(words)]),
      })}
      <p class="note">
        ECE is the expected calibration error: the gap between confidence and accuracy, averaged over the bins by their
        size (Guo et al. 2017).
      </p>
    </div>
  </div>`;
}
