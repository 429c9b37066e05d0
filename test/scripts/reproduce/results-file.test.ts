import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { addRun, withRun } from '../../../scripts/reproduce/results-file.ts';
import { readRecipeResults } from '../../../training/recipes/recipe-results.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { resultRun } from './result-runs.ts';

const named = (runs: ReturnType<typeof withRun>): readonly string[] =>
  runs.map(({ variant, seed, fingerprint }) => `${variant} ${seed} ${fingerprint}`);

test('runs of a variant stand by seed, and a newer one takes the place of an older', () => {
  const second = withRun([resultRun(0.5, { seed: 3 })], resultRun(0.5, { seed: 2 }));
  expect(named(second)).toEqual(['encoder 2 a', 'encoder 3 a']);
  const again = withRun(second, resultRun(0.6, { seed: 2 }));
  expect(named(again)).toEqual(['encoder 2 a', 'encoder 3 a']);
  expect(again[0]!.splits['test']!.entity.f1).toBe(0.6);
});

test('runs with other settings or data go with the first run that has new ones, those of other variants stay', () => {
  const old = [resultRun(0.5), resultRun(0.5, { seed: 2 }), resultRun(0.5, { variant: 'bilstm-crf' })];
  expect(named(withRun(old, resultRun(0.5, { fingerprint: 'b' })))).toEqual(['bilstm-crf 1 a', 'encoder 1 b']);
});

test('what is written is read again', () => {
  const file = join(tempFolder(), 'results', 'one.json');
  addRun(file, 'one', resultRun(0.5));
  addRun(file, 'one', resultRun(0.6, { seed: 2 }));
  expect(readRecipeResults(file)).toEqual({
    format: 'tagwright-results',
    formatVersion: 1,
    recipe: 'one',
    runs: [resultRun(0.5), resultRun(0.6, { seed: 2 })],
  });
  expect(readFileSync(file, 'utf8').endsWith('}\n')).toBe(true);
});
