import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { plan } from '../../../scripts/reproduce/plan.ts';
import { meanOf, resultsPage } from '../../../scripts/reproduce/results-page.ts';
import { pageOf } from '../../../scripts/reproduce/write-results-page.ts';
import { findRecipe } from '../../../training/recipes/index.ts';
import type { ResultRun } from '../../../training/recipes/recipe-results.ts';
import { resultRun } from './result-runs.ts';

const docs = join(import.meta.dirname, '..', '..', '..', 'docs');
const recipe = findRecipe('twitter-wnut16');
const reproduction = plan.find((one) => one.recipe === 'twitter-wnut16')!;

const pageWith = (...runs: readonly ResultRun[]): string =>
  resultsPage([
    {
      reproduction,
      recipe,
      results: { format: 'tagwright-results', formatVersion: 1, recipe: recipe.name, runs: [...runs] },
    },
  ]);

test('docs/results.md is what docs/results gives', async () => {
  expect(readFileSync(join(docs, 'results.md'), 'utf8')).toBe(await pageOf(plan, join(docs, 'results')));
});

test.each([
  // (.4 + .5 + .6) / 3 = .5; the squares of -.1, 0, .1 sum to .02; sqrt(.02 / 2 / 3) = .0577
  ['three seeds', [0.4, 0.5, 0.6], '.500 ± .058'],
  // sqrt(((.05)^2 + (.05)^2) / 1 / 2) = .05
  ['two seeds', [0.4, 0.5], '.450 ± .050'],
  ['one seed', [0.4648], '.465'],
  ['a perfect seed', [1], '1.000'],
  ['a figure that a report has not', [0.4, undefined], 'not in the report'],
])('a mean of %s has its standard error', (_, values, words) => {
  expect(meanOf(values)).toBe(words);
});

test('a mean below the goal is told plainly, even where it rounds to the goal', () => {
  const page = pageWith(resultRun(0.4596), resultRun(0.4599, { seed: 2 }), resultRun(0.4602, { seed: 3 }));
  expect(page).toContain(
    '| Tagwright, encoder | entity F1, test | .460 ± .000 | at least .460: **not reached** | mean of 3 seeds |',
  );
});

test('a mean at the goal reaches it', () => {
  expect(pageWith(resultRun(0.46))).toContain('| .460 | at least .460: reached | 1 of 3 seeds so far |');
});

test('what was not run is not run, and the old figures stand beside it as they were published', () => {
  const page = pageWith(resultRun(0.47));
  expect(page).toContain('| Tagwright, bilstm-crf | entity F1, test | not run | at least .390 |  |');
  expect(page).toContain('| as published | BERT with focal loss, the same | .17 |  |  |');
  expect(page).not.toContain('### bilstm-crf');
});

test('each seed has its row with its interval, minutes and speed', () => {
  const row = '| encoder | 2 | .500 | .500 | .250 | .470 | .300 to .600 | .350 | .970 | .710 | 1.5 | 12.5 |';
  expect(pageWith(resultRun(0.46), resultRun(0.47, { seed: 2 }))).toContain(row);
});

test('a type that a seed neither has nor finds counts as 0 in its mean', () => {
  const { splits } = resultRun(0.5);
  const without = resultRun(0.5, { seed: 2, splits: { ...splits, test: { ...splits['test']!, perType: {} } } });
  // (.5 + 0) / 2 = .25, sqrt((.25^2 + .25^2) / 1 / 2) = .25
  expect(pageWith(resultRun(0.5), without)).toContain('| person | 30 | .250 ± .250 | .500 | .000 |');
});

test('data that are not the recipe’s own are told, and cells cannot break out of a table', () => {
  const tables = [{ title: 'Old', caption: 'figures', columns: ['a|b'], rows: [['x\n| y']] }];
  const page = pageWith(resultRun(0.5, { differences: ['train has 3 sentences'], tables }));
  expect(page).toContain("**Not on the recipe's own data**: train has 3 sentences.");
  expect(page).toContain('| a\\|b |\n| --- |\n| x \\| y |');
});

test('a goal that is another figure of the run is reached above it only', () => {
  const silver = (value: string): Partial<ResultRun> => ({
    tables: [{ title: 'Silver', caption: '', columns: ['labels', 'F1'], rows: [['silver labels', value]] }],
  });
  const above = {
    figure: 'entity F1',
    at: { split: 'test', of: 'entity' },
    above: { row: 'silver', column: 'F1' },
  } as const;
  const variants = [{ name: 'encoder', flags: [], seeds: [1], goal: above }];
  const page = (value: string): string =>
    resultsPage([
      {
        reproduction: { ...reproduction, variants },
        recipe,
        results: {
          format: 'tagwright-results',
          formatVersion: 1,
          recipe: recipe.name,
          runs: [resultRun(0.5, silver(value))],
        },
      },
    ]);
  expect(page('.499')).toContain('| .500 | above silver (.499): reached |');
  expect(page('50.0 %')).toContain('| .500 | above silver (.500): **not reached** |');
});
