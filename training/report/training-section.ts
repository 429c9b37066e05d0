import { html } from 'hono/html';
import { devChart, lengthChart, lossChart, typeChart } from './charts.ts';
import { behind, figure, grouped, nothing, percent, table, type Markup } from './markup.ts';
import type { ReportData } from './report-data.ts';

/** Loss and dev F1 while it was trained. */
export function curvesSection({ curves }: Pick<ReportData, 'curves'>): Markup {
  const { loss, epochs } = curves;
  if (loss.length === 0 && epochs.length === 0) return nothing;
  const hasWords = epochs.some(({ devWords }) => devWords !== undefined);
  const numbers = table({
    caption: hasWords ? 'By epoch, per cent of dev; O counts as a tag of words like the others' : 'By epoch',
    columns: ['epoch', 'mean loss', 'dev F1', ...(hasWords ? ['words right', 'words, macro F1'] : [])].map(
      (head, i) => ({
        head,
        number: i > 0,
      }),
    ),
    rows: epochs.map(({ epoch, best, loss: mean, devF1, devWords }) => [
      `${epoch}${best ? ' (best)' : ''}`,
      mean.toFixed(4),
      percent(devF1),
      ...(hasWords
        ? [devWords?.accuracy, devWords?.macroF1].map((share) => (share === undefined ? '' : percent(share)))
        : []),
    ]),
  });
  return html`<section>
    <h2>Training</h2>
    <div class="pair">
      ${loss.length === 0 ? nothing : figure(lossChart(curves), 'Loss of each step; of long runs the mean of neighbours.')}
      ${
        epochs.length === 0
          ? nothing
          : figure(
              devChart(curves),
              'F1 on dev, seqeval default mode, scheme BIO. The best epoch is marked.',
              behind(numbers),
            )
      }
    </div>
  </section>`;
}

/** What the gold data looks like: files, types, lengths. */
export function dataSection(report: ReportData): Markup {
  const { data, profile } = report;
  const files = Object.entries(data).map(([split, { sentences, tokens, entities, sha256 }]) => [
    split,
    grouped(sentences),
    grouped(tokens),
    grouped(entities),
    html`<code title="${sha256}">${sha256.slice(0, 16)}</code>`,
  ]);
  const counts = table({
    caption: 'Gold entities by type, and the share of words outside all of them',
    columns: [{ head: 'type' }, ...profile.splits.map(({ split }) => ({ head: split, number: true }))],
    rows: [
      ...profile.types.map((type, i) => [type, ...profile.splits.map(({ entities }) => grouped(entities[i]!))]),
      ['words outside, per cent', ...profile.splits.map(({ outside }) => percent(outside))],
    ],
  });
  const lengths = table({
    caption: 'Sentences by number of words',
    columns: [{ head: 'words' }, ...profile.splits.map(({ split }) => ({ head: split, number: true }))],
    rows: profile.lengths.map(({ from, to }, i) => [
      to - from === 1 ? String(from) : `${from} to ${to - 1}`,
      ...profile.splits.map((split) => grouped(split.lengths[i]!)),
    ]),
  });
  return html`<section>
    <h2>Data</h2>
    ${table({
      caption: 'The splits of the model',
      columns: [
        { head: 'split' },
        ...['sentences', 'words', 'entities'].map((head) => ({ head, number: true })),
        { head: 'SHA-256' },
      ],
      rows: files,
    })}
    <div class="pair">
      ${profile.types.length === 0 ? nothing : figure(typeChart(profile), 'Tag distribution.', behind(counts))}
      ${profile.lengths.length === 0 ? nothing : figure(lengthChart(profile), 'Sentence lengths.', behind(lengths))}
    </div>
  </section>`;
}
