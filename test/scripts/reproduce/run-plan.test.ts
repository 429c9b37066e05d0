import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { Reproduction } from '../../../scripts/reproduce/plan.ts';
import { runPlan, type PlanOptions } from '../../../scripts/reproduce/run-plan.ts';
import { runFingerprint } from '../../../scripts/reproduce/run-fingerprint.ts';
import { findRecipe } from '../../../training/recipes/index.ts';
import { readRecipeResults, type ResultRun } from '../../../training/recipes/recipe-results.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyJob } from '../../support/tiny-encoder-job.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** The tiny corpus and the tiny BERT where `../shared` is. */
async function tinyPlaces(): Promise<string> {
  const shared = join(tempFolder(), 'shared');
  mkdirSync(shared);
  await writeTinyJob(shared);
  return shared;
}

const tinyPlan: readonly Reproduction[] = [
  {
    recipe: 'twitter-wnut16',
    corpus: '../shared/corpus',
    variants: [
      {
        name: 'encoder',
        flags: ['--encoder', '../shared/bert', '--epochs', '1', '--set', 'train.batchSize=4'],
        seeds: [1],
        goal: { figure: 'entity F1, test', at: { split: 'test', of: 'entity' } },
      },
    ],
  },
];

function options(shared: string, said: string[], more: Partial<PlanOptions> = {}): PlanOptions {
  return {
    root,
    shared,
    out: join(shared, 'out'),
    results: join(shared, 'results'),
    again: false,
    allowDifferences: true,
    signal: new AbortController().signal,
    say: (line) => said.push(line),
    now: () => Date.UTC(2026, 10, 28),
    ...more,
  };
}

test(
  'makes a run by the command line, writes its figures, and does not make it twice',
  { timeout: 60_000 },
  async () => {
    const shared = await tinyPlaces();
    const said: string[] = [];
    expect(await runPlan(tinyPlan, options(shared, said))).toEqual({ done: 1, failed: [] });
    const file = join(shared, 'results', 'twitter-wnut16.json');
    const [run, ...others] = readRecipeResults(file)!.runs;
    expect(others).toEqual([]);
    expect(run).toMatchObject({ variant: 'encoder', seed: 1, at: '2026-11-28T00:00:00.000Z' });
    expect(run!.command).toBe(
      'npx tagwright train --recipe twitter-wnut16 --corpus ../shared/corpus --encoder ../shared/bert --epochs 1 ' +
        '--set train.batchSize=4 --metric as-published --seed 1 --out encoder',
    );
    // The tiny corpus: 12 sentences, where the recipe's own data has 2,394.
    expect(run!.differences[0]).toBe("train has 12 sentences, where the recipe's own data has 2394");
    expect(run!.splits['test']!.entity.support).toBeGreaterThan(0);
    expect(run!.sentencesPerSecond).toBeGreaterThan(0);
    expect(JSON.stringify(run)).not.toContain(shared);

    expect(await runPlan(tinyPlan, options(shared, said))).toEqual({ done: 0, failed: [] });
    expect(said.at(-1)).toBe('twitter-wnut16 encoder, seed 1: is there already');
  },
);

test('a run that is stopped is not in the results, and goes on the next time', { timeout: 60_000 }, async () => {
  const shared = await tinyPlaces();
  const [{ variants }] = tinyPlan as readonly [Reproduction];
  const flags = [...variants[0]!.flags, '--set', 'train.epochs=80'].filter(
    (flag) => flag !== '--epochs' && flag !== '1',
  );
  const longer = [{ ...tinyPlan[0]!, variants: [{ ...variants[0]!, flags }] }];
  const abort = new AbortController();
  const say = (line: string): void => {
    if (line.startsWith('epoch  2/80')) abort.abort('SIGINT');
  };
  expect(await runPlan(longer, options(shared, [], { say, signal: abort.signal }))).toEqual({ done: 0, failed: [] });
  expect(readdirSync(shared)).not.toContain('results');
  expect(await runPlan(longer, options(shared, []))).toEqual({ done: 1, failed: [] });
  const { runs } = readRecipeResults(join(shared, 'results', 'twitter-wnut16.json'))!;
  expect(runs.map(({ seed }) => seed)).toEqual([1]);
  // 12 sentences in each of 80 epochs, those before the stop too.
  const [{ trainingSeconds, sentencesPerSecond }] = runs as [ResultRun];
  expect(Math.abs(trainingSeconds * sentencesPerSecond - 12 * 80)).toBeLessThan(
    0.05 * (trainingSeconds + sentencesPerSecond) + 1,
  );
});

test('data that are not the recipe’s own are refused before anything is trained', async () => {
  const shared = await tinyPlaces();
  const { done, failed } = await runPlan(tinyPlan, options(shared, [], { allowDifferences: false }));
  expect([done, failed.length]).toEqual([0, 1]);
  expect(failed[0]).toMatch(/^twitter-wnut16: .*corpus: is not the data of the recipe: train has 12 sentences/);
  expect(readdirSync(shared)).not.toContain('out');
});

test('a run that fails is named, and so is an input that is not there', async () => {
  const shared = await tinyPlaces();
  renameSync(join(shared, 'bert'), join(shared, 'other'));
  const { failed } = await runPlan(tinyPlan, options(shared, []));
  expect(failed[0]).toMatch(/^twitter-wnut16: reproduce: .*bert: cannot be read/);
  mkdirSync(join(shared, 'bert'));
  const empty = await runPlan(tinyPlan, options(shared, []));
  expect(empty.failed).toEqual(['twitter-wnut16 encoder, seed 1: tagwright train ended with 1']);
});

test('nothing is begun after a signal', async () => {
  const shared = await tinyPlaces();
  const signal = AbortSignal.abort('SIGINT');
  expect(await runPlan(tinyPlan, options(shared, [], { signal }))).toEqual({ done: 0, failed: [] });
});

test('a fingerprint is of settings and of what the files hold, not of where they are', async () => {
  const recipe = findRecipe('twitter-wnut16');
  const [corpus, flags] = ['../shared/corpus', ['--encoder', '../shared/bert']];
  const print = (shared: string, more: readonly string[] = []): string =>
    runFingerprint({ recipe, corpus, flags: [...flags, ...more], version: '1' }, { root, shared });
  const [here, there] = [await tinyPlaces(), await tinyPlaces()];
  expect(print(there)).toBe(print(here));
  expect(print(here, ['--epochs', '2'])).not.toBe(print(here));
  writeFileSync(join(there, 'corpus', 'dev'), 'other\tO\n');
  expect(print(there)).not.toBe(print(here));
});
