import { basename } from 'node:path';
import type { SplitMetrics } from '../shared/contracts/manifest.ts';
import type { RunRecord } from '../shared/contracts/run.ts';
import type { RunComparison, RunDifference, RunFigures } from '../shared/runs/compare-runs.ts';
import { formatSeconds } from './format-seconds.ts';
import { textTable, type TextColumn } from './text-table.ts';

const COLUMNS: readonly TextColumn[] = [
  { title: 'run' },
  { title: 'when (UTC)' },
  { title: 'who' },
  { title: 'recipe' },
  { title: 'data' },
  { title: 'model' },
  { title: 'dev F1', align: 'right' },
  { title: 'test F1', align: 'right' },
  { title: 'took', align: 'right' },
  { title: 'end' },
];

/** A line a run. F1 in percent. */
export function runTable(runs: readonly RunRecord[]): string {
  return textTable(
    COLUMNS,
    runs.map((run) => [
      run.id,
      when(run),
      run.who?.user ?? '-',
      run.recipe?.name ?? (run.kind === 'distill' ? 'distill' : '-'),
      run.corpus === null ? '-' : basename(run.corpus),
      run.modelId ?? '-',
      percent(run.metrics['dev']?.entity.f1),
      percent(run.metrics['test']?.entity.f1),
      formatSeconds(run.seconds),
      run.outcome,
    ]),
  );
}

/** All that is known of a run. */
export function runText(run: RunRecord): string {
  const { id, kind, recipe, who, corpus, seed, device, engine, machine, modelId, bundle, error } = run;
  const options = Object.entries(recipe?.options ?? {}).map(([name, value]) => ` ${name}=${text(value)}`);
  const facts: readonly (readonly [string, string])[] = [
    ['run', `${id}, ${kind}, ${run.outcome}`],
    ...(error === undefined ? [] : [['error', error] as const]),
    ['when', `${when(run)} UTC, ${formatSeconds(run.seconds)}`],
    ['who', who === null ? '-' : `${who.user} on ${who.host}`],
    ['recipe', recipe === null ? '-' : `${recipe.name}${options.join('')}`],
    ['corpus', corpus ?? '-'],
    ['seed', String(seed)],
    ['best epoch', String(run.bestEpoch ?? '-')],
    ['model', modelId ?? '-'],
    ['bundle', bundle],
    ['run folder', run.runFolder],
    ['versions', `tagwright ${engine.tagwright}, onnxruntime ${engine.onnxruntime}`],
    ['machine', [device, ...Object.entries(machine).map(([name, value]) => `${name} ${value}`)].join(', ')],
  ];
  return [
    // A table without a head.
    table(['', ''], facts).trimStart(),
    dataTable(run.data),
    figureTable(run.metrics),
    table(['setting', 'value'], settingRows(run.settings)),
  ]
    .filter((part) => part !== '')
    .join('\n');
}

/** What two runs differ in, and their figures beside each other. */
export function comparisonText(
  { a, b }: { readonly a: RunRecord; readonly b: RunRecord },
  { settings, data, figures }: RunComparison,
): string {
  const head = table(
    ['', 'a', 'b'],
    [
      ['run', a.id, b.id],
      ['when (UTC)', when(a), when(b)],
      ['who', a.who?.user ?? '-', b.who?.user ?? '-'],
      ['model', a.modelId ?? '-', b.modelId ?? '-'],
      ['best epoch', String(a.bestEpoch ?? '-'), String(b.bestEpoch ?? '-')],
      ['took', formatSeconds(a.seconds), formatSeconds(b.seconds)],
    ],
  );
  const differ = (what: string, found: readonly RunDifference[]): string =>
    found.length === 0
      ? `${what}: no difference\n`
      : table(
          [`${what} that differ`, 'a', 'b'],
          found.map((one) => [one.path, text(one.a), text(one.b)]),
        );
  const both =
    figures.length === 0
      ? 'figures: neither run has any\n'
      : textTable(
          [
            { title: 'figures' },
            { title: 'a', align: 'right' },
            { title: 'b', align: 'right' },
            { title: 'b - a', align: 'right' },
          ],
          figures.flatMap(figureRows),
        );
  const apart = figures.filter(
    ({ sameData, a: left, b: right }) => !sameData && left !== undefined && right !== undefined,
  );
  const warning = apart
    .map(({ split }) => `${split} is not the same data in both: its figures do not compare\n`)
    .join('');
  return [head, differ('settings', settings), differ('data', data), `${both}${warning}`].join('\n');
}

function figureRows({ split, a, b }: RunFigures): readonly (readonly string[])[] {
  const row = (what: string, of: (metrics: SplitMetrics) => number): readonly string[] => {
    const [left, right] = [a && of(a), b && of(b)];
    const change = left === undefined || right === undefined ? '-' : signed(right - left);
    return [`${split} ${what}`, percent(left), percent(right), change];
  };
  const interval = (metrics: SplitMetrics | undefined): string =>
    metrics === undefined ? '-' : `${percent(metrics.f1Interval.low)} to ${percent(metrics.f1Interval.high)}`;
  return [
    row('F1', ({ entity }) => entity.f1),
    [`${split} F1, interval`, interval(a), interval(b), ''],
    row('precision', ({ entity }) => entity.precision),
    row('recall', ({ entity }) => entity.recall),
    row('words right', ({ tokenAccuracy }) => tokenAccuracy),
  ];
}

function dataTable(data: RunRecord['data']): string {
  // The keys of a record are sorted.
  const rows = (['train', 'dev', 'test'] as const).flatMap((split) => {
    const found = data[split];
    if (found === undefined) return [];
    const { sha256 = '-', sentences, tokens, entities } = found;
    return [[split, count(sentences), count(tokens), count(entities), sha256]];
  });
  return textTable(
    [
      { title: 'data' },
      ...['sentences', 'words', 'entities'].map((title) => ({ title, align: 'right' }) as const),
      { title: 'SHA-256' },
    ],
    rows,
  );
}

function figureTable(metrics: RunRecord['metrics']): string {
  const rows = Object.entries(metrics).map(([split, { entity, f1Interval, tokenAccuracy }]) => [
    split,
    ...[entity.precision, entity.recall, entity.f1].map(percent),
    `${percent(f1Interval.low)} to ${percent(f1Interval.high)}`,
    percent(tokenAccuracy),
  ]);
  if (rows.length === 0) return '';
  const right = ['precision', 'recall', 'F1', 'F1 interval', 'words right'];
  return textTable([{ title: 'figures' }, ...right.map((title) => ({ title, align: 'right' }) as const)], rows);
}

function settingRows(settings: object, prefix = ''): readonly (readonly string[])[] {
  return Object.entries(settings).flatMap(([key, value]: [string, unknown]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
      ? settingRows(value, `${prefix}${key}.`)
      : [[`${prefix}${key}`, text(value)]],
  );
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  return textTable(
    titles.map((title) => ({ title })),
    rows,
  );
}

function when({ startedAt }: RunRecord): string {
  return startedAt.slice(0, 16).replace('T', ' ');
}

function text(value: unknown): string {
  if (value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function count(value: number | undefined): string {
  return value === undefined ? '-' : value.toLocaleString('en');
}

function percent(share: number | undefined): string {
  return share === undefined ? '-' : (100 * share).toFixed(1);
}

function signed(difference: number): string {
  return `${difference < 0 ? '' : '+'}${(100 * difference).toFixed(1)}`;
}
