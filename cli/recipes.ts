import { defineCommand } from 'citty';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { findRecipe, recipes as all } from '../training/recipes/index.ts';
import type { Recipe } from '../training/recipes/recipe.ts';
import { readRecipeResults, type ResultRun } from '../training/recipes/recipe-results.ts';
import { print } from './text-output.ts';
import { textTable } from './text-table.ts';

export const recipes = defineCommand({
  meta: {
    name: 'recipes',
    description: 'List the recipes, or say what one is: its data, options, settings and figures',
  },
  args: {
    name: { type: 'positional', required: false, description: 'Recipe to describe; by default all are listed' },
    json: { type: 'boolean', description: 'Print as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const chosen = args.name === undefined ? all : [findRecipe(args.name)];
    if (args.json === true) await print(`${JSON.stringify(chosen.map(asData), null, 2)}\n`);
    else await print(args.name === undefined ? list() : describe(chosen[0]!));
    return 0;
  },
});

/** Where `npm run reproduce` writes. */
const RESULTS = new URL('../docs/results/', import.meta.url);

function resultsOf({ name }: Recipe): readonly ResultRun[] {
  return readRecipeResults(fileURLToPath(new URL(`${name}.json`, RESULTS)))?.runs ?? [];
}

function asData(recipe: Recipe): object {
  const { name, summary, source, input, settings, vectors, space, published } = recipe;
  const options = z.toJSONSchema(recipe.options, { io: 'input' });
  return { name, summary, source, input, options, settings, vectors, space, published, results: resultsOf(recipe) };
}

function list(): string {
  return textTable(
    [{ title: 'RECIPE' }, { title: 'WHAT IT TRAINS' }, { title: '--corpus NAMES' }],
    all.map(({ name, summary, input }) => [name, summary, input]),
  );
}

function describe(recipe: Recipe): string {
  const { name, summary, source, input } = recipe;
  return [
    `${name}: ${summary}\n`,
    `data       ${source.citation}\n           ${source.url}\n`,
    `licence    ${source.licence}\n`,
    `--corpus   ${input}\n`,
    ...optionLines(recipe),
    ...settingLines(recipe),
    ...vectorLines(recipe),
    ...spaceLines(recipe),
    ...publishedLines(recipe),
    ...ownLines(recipe),
  ].join('');
}

/** The part of a JSON schema that this page reads. */
interface OptionSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>;
}

function optionLines({ options }: Recipe): readonly string[] {
  const { properties = {} } = z.toJSONSchema(options, { io: 'input' }) as OptionSchema;
  const rows = Object.entries(properties).map(([option, { description = '', default: value }]) => [
    option,
    value === undefined ? 'none' : JSON.stringify(value),
    description,
  ]);
  if (rows.length === 0) return [];
  return ['\n', textTable([{ title: '--option' }, { title: 'DEFAULT' }, { title: 'MEANING' }], rows)];
}

function settingLines({ settings }: Recipe): readonly string[] {
  return (['encoder', 'words'] as const).flatMap((kind) => {
    const rows = settings[kind]?.map(({ path, value, why }) => [path, JSON.stringify(value), why]) ?? [];
    if (rows.length === 0) return [];
    return ['\n', textTable([{ title: `SETTING ${KINDS[kind]}` }, { title: 'VALUE' }, { title: 'WHY' }], rows)];
  });
}

const KINDS = { encoder: 'with --encoder', words: 'without --encoder' } as const;

function vectorLines({ vectors }: Recipe): readonly string[] {
  const rows = (['encoder', 'words'] as const).flatMap((kind) => {
    const own = vectors?.[kind];
    return own === undefined ? [] : [[KINDS[kind], own.name, own.why]];
  });
  if (rows.length === 0) return [];
  return ['\n', textTable([{ title: 'WORD VECTORS' }, { title: 'WHEN INSTALLED' }, { title: 'WHY' }], rows)];
}

function spaceLines({ space }: Recipe): readonly string[] {
  if (space === undefined) return [];
  const rows = Object.entries(space.dimensions).map(([path, dimension]) => [path, JSON.stringify(dimension)]);
  const kind = space.kind === undefined ? '' : ` ${KINDS[space.kind]}`;
  const table = textTable([{ title: `tagwright tune SEARCHES${kind}` }, { title: 'VALUES' }], rows);
  return ['\n', table, `at most ${space.maxEpochs} epochs: ${space.why}\n`];
}

function publishedLines({ published }: Recipe): readonly string[] {
  if (published.length === 0) return [];
  const rows = published.map(({ figure, value, remark = '' }) => [figure, String(value), remark]);
  return ['\n', textTable([{ title: 'AS PUBLISHED' }, { title: 'VALUE', align: 'right' }, { title: 'REMARK' }], rows)];
}

function ownLines(recipe: Recipe): readonly string[] {
  const rows = resultsOf(recipe).map(({ variant, seed, splits }) => {
    const [dev, test] = [splits['dev'], splits['test']];
    const [low, high] = [test?.f1Interval.low, test?.f1Interval.high];
    return [
      ...[variant, String(seed), f1Cell(dev?.entity.f1), f1Cell(test?.entity.f1)],
      low === undefined ? '' : `${f1Cell(low)} to ${f1Cell(high)}`,
      f1Cell(test?.tokenMacroF1 ?? dev?.tokenMacroF1),
    ];
  });
  if (rows.length === 0) return [];
  const titles = ['TAGWRIGHT', 'SEED', 'DEV F1', 'TEST F1', '95 % INTERVAL', 'MACRO F1 OF WORDS'];
  return [
    '\n',
    textTable(
      titles.map((title) => ({ title })),
      rows,
    ),
  ];
}

function f1Cell(share: number | undefined): string {
  return share === undefined ? '' : share.toFixed(3);
}
