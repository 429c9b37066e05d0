import { html } from 'hono/html';
import type { EntityReport } from '../../shared/evaluation/evaluation-report.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import { grouped, percent, table, type Markup } from './markup.ts';
import type { ReportData, SplitReport } from './report-data.ts';

/** The first thing one looks for: F1 of each split, with its interval, mode and scheme. */
export function headline({ splits }: ReportData): Markup {
  return html`<div class="tiles">
    ${splits.map(({ name, evaluation }) => {
      const { f1Interval, entity } = evaluation;
      return html`<div class="tile">
        <p class="tile-name"><bdi>${name}</bdi></p>
        <p class="tile-figure">${percent(entity.default.micro.f1)}</p>
        <p class="tile-note">
          F1, ${percent(f1Interval.level, 0)} % interval ${percent(f1Interval.low)} to ${percent(f1Interval.high)}<br />
          ${grouped(entity.default.micro.support)} entities in ${grouped(evaluation.sentences)} sentences
        </p>
      </div>`;
    })}
  </div>`;
}

/** All figures of all splits, the way each is counted named beside it. */
export function figuresTable({ splits }: ReportData): Markup {
  const rows = splits.flatMap(({ name, evaluation }) => {
    const { entity, typeIgnored, tokenReport } = evaluation;
    const { low, high } = evaluation.f1Interval;
    const row = (how: string, figures: Figures, interval = ''): string[] => [
      name,
      how,
      ...shares(figures),
      interval,
      grouped(figures.support),
    ];
    const { accuracy } = tokenReport;
    return [
      row('entities, default mode, micro', entity.default.micro, `${percent(low)} to ${percent(high)}`),
      row('entities, default mode, macro', entity.default.macro),
      row(`entities, strict mode, ${entity.strict.scheme ?? 'no scheme'}, micro`, entity.strict.micro),
      row('entities, type ignored, micro', typeIgnored),
      row('words, all tags, macro', tokenReport.macro),
      [name, 'words, all tags, accuracy', '', '', percent(accuracy), '', grouped(evaluation.tokens)],
    ];
  });
  return table({
    caption: 'Figures in per cent; modes as in seqeval, words as in scikit-learn',
    columns: [
      { head: 'split' },
      { head: 'what is counted' },
      ...['precision', 'recall', 'F1', 'F1 interval', 'support'].map((head) => ({ head, number: true })),
    ],
    rows,
  });
}

/** Figures by entity type, most frequent types first, with a bar for F1. */
export function perTypeTable({ name, evaluation }: SplitReport): Markup {
  const report: EntityReport = evaluation.entity.default;
  const rows = Object.entries(report.perType).sort(([, a], [, b]) => b.support - a.support);
  return table({
    caption: `${name}: figures by type in per cent, seqeval default mode`,
    columns: [
      { head: 'type' },
      ...['support', 'precision', 'recall', 'F1'].map((head) => ({ head, number: true })),
      { head: '' },
    ],
    rows: rows.map(([type, figures]) => {
      const [precision, recall, f1] = shares(figures);
      const bar = html`<span class="bar" style="--share: ${percent(figures.f1)}%"></span>`;
      return [html`<bdi>${type}</bdi>`, grouped(figures.support), precision!, recall!, f1!, bar];
    }),
  });
}

function shares({ precision, recall, f1 }: Figures): string[] {
  return [precision, recall, f1].map((share) => percent(share));
}
