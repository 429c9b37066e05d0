import type { Recipe } from '../../training/recipes/recipe.ts';
import type { RecipeResults, ResultRun } from '../../training/recipes/recipe-results.ts';
import { estimate } from '../../shared/evaluation/standard-error.ts';
import { figureAt } from './figure-at.ts';
import type { Goal, Reproduction, Variant } from './plan.ts';

/** A recipe on the page. */
export interface PageEntry {
  readonly reproduction: Reproduction;
  readonly recipe: Recipe;
  /** Undefined where nothing has been run. */
  readonly results: RecipeResults | undefined;
}

/** Figures as the literature writes them: shares without the 0. */
const share = (value: number): string => (value < 1 ? value.toFixed(3).replace(/^0/, '') : value.toFixed(3));

/** With the digits that were published. */
const asPublished = (value: number): string => String(value).replace(/^0\./, '.');

/** docs/results.md, from the plan and what its runs left: nothing else goes in, so the same files give the same page. */
export function resultsPage(entries: readonly PageEntry[]): string {
  return [
    '# Results',
    'Made by `npm run reproduce -- --table` from the files in [docs/results](results); do not edit. What a recipe is: ' +
      '`npx tagwright recipes NAME`. How the runs were made: [reproducing](reproducing.md).',
    'A mean of several seeds has its standard error; a seed has the 95 % bootstrap interval of its test set. All ' +
      'is chosen on dev. Old figures are as they were published, by metrics that differ: the remark says how.',
    ...entries.flatMap(section),
  ]
    .join('\n\n')
    .concat('\n');
}

function section({ reproduction, recipe, results }: PageEntry): readonly string[] {
  const { variants } = reproduction;
  const runs = results?.runs ?? [];
  const own = variants.filter(({ name }) => runs.some(({ variant }) => variant === name));
  const of = (variant: Variant): readonly ResultRun[] => runs.filter((run) => run.variant === variant.name);
  return [
    `## ${recipe.name}`,
    `${recipe.summary}. Data: ${recipe.source.citation}, <${recipe.source.url}>; licence: ${recipe.source.licence}.`,
    comparison(
      recipe,
      variants.map((variant) => [variant, of(variant)] as const),
    ),
    ...(own.length === 0 ? [] : [seeds(own.flatMap(of)), machines(own.flatMap(of))]),
    ...own.flatMap((variant) => details(variant, of(variant))),
  ];
}

function comparison({ published }: Recipe, variants: readonly (readonly [Variant, readonly ResultRun[]])[]): string {
  const old = published.map(({ figure, value, remark = '' }) => [
    'as published',
    figure,
    asPublished(value),
    '',
    remark,
  ]);
  const own = variants.map(([{ name, goal, seeds: planned }, runs]) => [
    `Tagwright, ${name}`,
    goal.figure,
    runs.length === 0 ? 'not run' : meanOf(runs.map((run) => figureAt(run, goal.at))),
    goalWords(goal, runs),
    runs.length === 0 ? '' : seedWords(runs.length, planned.length),
  ]);
  return markdownTable(['system', 'figure', 'value', 'goal', 'remark'], [...old, ...own]);
}

function seedWords(made: number, planned: number): string {
  if (made < planned) return `${made} of ${planned} seeds so far`;
  return made === 1 ? 'one seed' : `mean of ${made} seeds`;
}

/** The mean with its standard error; a single value as it is. */
export function meanOf(values: readonly (number | undefined)[]): string {
  const known = values.filter((value) => value !== undefined);
  if (known.length < values.length) return 'not in the report';
  if (known.length === 1) return share(known[0]!);
  const { mean, standardError } = estimate(known);
  return `${share(mean)} ± ${share(standardError)}`;
}

function average(values: readonly (number | undefined)[]): number | undefined {
  if (values.length === 0 || values.includes(undefined)) return undefined;
  return values.reduce<number>((sum, value) => sum + value!, 0) / values.length;
}

/** Whether the mean is what it should be: unrounded, so that .4599 is not .46. */
function goalWords({ at, least, above }: Goal, runs: readonly ResultRun[]): string {
  const value = average(runs.map((run) => figureAt(run, at)));
  if (least !== undefined) return `at least ${share(least)}${verdict(value, (mean) => mean >= least)}`;
  if (above === undefined) return 'none, it is the first';
  const bar = average(runs.map((run) => figureAt(run, above)));
  const words = `above ${placeWords(above)}${bar === undefined ? '' : ` (${share(bar)})`}`;
  return words + verdict(bar === undefined ? undefined : value, (mean) => mean > bar!);
}

function placeWords(place: NonNullable<Goal['above']>): string {
  return 'row' in place ? place.row : `${place.of} on ${place.split}`;
}

function verdict(value: number | undefined, isReached: (mean: number) => boolean): string {
  if (value === undefined) return '';
  return isReached(value) ? ': reached' : ': **not reached**';
}

const SEED_COLUMNS = [
  ...['tagger', 'seed', 'dev F1', 'test precision', 'recall', 'F1', '95 % interval', 'macro F1'],
  ...['words right', 'words, macro F1', 'minutes', 'sentences/s'],
];

function seeds(runs: readonly ResultRun[]): string {
  const rows = runs.map(({ variant, seed, splits, trainingSeconds, sentencesPerSecond }) => {
    const [dev, test] = [splits['dev'], splits['test']];
    const ofTest =
      test === undefined
        ? ['', '', '', '', '', '', '']
        : [
            ...[share(test.entity.precision), share(test.entity.recall), share(test.entity.f1)],
            `${share(test.f1Interval.low)} to ${share(test.f1Interval.high)}`,
            ...[share(test.entityMacroF1), share(test.tokenAccuracy), share(test.tokenMacroF1)],
          ];
    return [
      ...[variant, String(seed), dev === undefined ? '' : share(dev.entity.f1), ...ofTest],
      (trainingSeconds / 60).toFixed(1),
      sentencesPerSecond.toFixed(1),
    ];
  });
  return markdownTable(SEED_COLUMNS, rows);
}

function machines(runs: readonly ResultRun[]): string {
  const lines = runs.map(({ machine: { cpu, cores, system, node, onnxruntime, tagwright } }) => {
    return `${cpu}, ${cores} cores, ${system}; node ${node}, onnxruntime ${onnxruntime}, tagwright ${tagwright}`;
  });
  const days = runs.map(({ at }) => at.slice(0, 10)).sort();
  const when = days[0] === days.at(-1) ? days[0]! : `${days[0]!} to ${days.at(-1)!}`;
  const other = [...new Set(runs.flatMap(({ differences }) => differences))];
  const data = other.length === 0 ? '' : ` **Not on the recipe's own data**: ${other.join('; ')}.`;
  return `${[...new Set(lines)].join('. ')}. ${when}.${data}`;
}

function details({ name }: Variant, runs: readonly ResultRun[]): readonly string[] {
  const first = runs[0]!;
  return [
    `### ${name}`,
    `\`\`\`sh\n${first.command}\n\`\`\``,
    perType(runs),
    ...first.tables.map(({ title, caption, columns, rows }) =>
      [`${title}: ${caption} (seed ${first.seed})`, markdownTable(columns, rows)].join('\n\n'),
    ),
  ];
}

/** F1 of each entity type, by seed and as the mean. */
function perType(runs: readonly ResultRun[]): string {
  const split = runs.every(({ splits }) => splits['test'] !== undefined) ? 'test' : 'dev';
  const figures = runs.map(({ splits }) => splits[split]?.perType ?? {});
  const types = [...new Set(figures.flatMap((of) => Object.keys(of)))].sort();
  const rows = types.map((type) => {
    // A type that is neither there nor found has no row in its run's report.
    const values = figures.map((of) => of[type]?.f1 ?? 0);
    const support = Math.max(...figures.map((of) => of[type]?.support ?? 0));
    return [type, String(support), ...(values.length > 1 ? [meanOf(values)] : []), ...values.map(share)];
  });
  const heads = [...(runs.length > 1 ? ['mean F1'] : []), ...runs.map(({ seed }) => `F1, seed ${seed}`)];
  return markdownTable([`type (${split})`, 'entities', ...heads], rows);
}

function markdownTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cellText).join(' | ')} |`;
  return [line(heads), line(heads.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A cell stays a cell, whatever is in it. */
function cellText(cell: string): string {
  return cell.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|').trim();
}
