import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readCorpus } from '../../../training/data/corpus.ts';
import { runTuning } from '../../../training/job/run-tuning.ts';
import { defaultSettings, withSettings } from '../../../training/job/settings.ts';
import { createTrialRunner, putTestAside } from '../../../training/job/tuning-trial.ts';
import type { TuningJob } from '../../../training/job/tuning-job.ts';
import { collect } from '../../support/collect.ts';
import { tempFolder } from '../../support/temp-folder.ts';

/** A corpus of names at the start of a sentence; each split has its own. */
function writeCorpus(folder: string): void {
  const sentences = (names: readonly string[]): string =>
    names.map((name) => `${name}\tB-person\nis\tO\nhere\tO\n\nrain\tO\nfor ${name.length}\tO\n\n`).join('');
  writeFileSync(join(folder, 'train'), sentences(['Ada', 'Grace', 'Alan', 'Edsger', 'Barbara', 'Tim']));
  writeFileSync(join(folder, 'dev'), sentences(['Donald', 'Kurt', 'John']));
  writeFileSync(join(folder, 'test'), sentences(['Frances', 'Ken']));
}

const small = [
  [
    'model.features',
    [
      { feature: 'word', buckets: 64, width: 4 },
      { feature: 'shape1', buckets: 64, width: 4 },
    ],
  ],
  ['model.width', 8],
  ['model.characterFilters', 4],
  ['train.batchSize', 4],
] as const;

function job(corpus: string, out: string, more: Partial<TuningJob> = {}): TuningJob {
  return {
    corpus: { dir: corpus },
    out,
    space: { 'train.learningRate': { log: [0.001, 0.1] }, 'model.hiddenDropout': { choice: [0, 0.2] } },
    method: { name: 'hyperband', factor: 3, iterations: 1 },
    maxEpochs: 3,
    changes: small,
    seed: 2,
    resume: false,
    threads: 1,
    version: '0.0.0',
    ...more,
  };
}

const read = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');

describe('runTuning', () => {
  test('finds the same whatever is in test, and names nothing of it', { timeout: 60_000 }, async () => {
    const folder = tempFolder();
    const corpus = join(folder, 'corpus');
    mkdirSync(corpus);
    writeCorpus(corpus);
    const events = await collect(runTuning(job(corpus, join(folder, 'a'))));
    // As a leak would show: the names of train all over test, as nothing.
    writeFileSync(join(corpus, 'test'), 'Ada\tO\nGrace\tO\nwas\tO\n\nNobody\tB-person\n\n');
    await collect(runTuning(job(corpus, join(folder, 'b'))));
    rmSync(join(corpus, 'test'));
    await collect(runTuning(job(corpus, join(folder, 'c'))));
    for (const other of ['b', 'c']) {
      expect(read(folder, `${other}.tune`, 'trials.jsonl')).toBe(read(folder, 'a.tune', 'trials.jsonl'));
      for (const file of ['trials.csv', 'trials.md', 'best.json']) {
        expect(read(folder, other, file)).toBe(read(folder, 'a', file));
      }
    }
    const found = events.at(-1);
    if (found?.type !== 'found') throw new Error('the search does not end with what it found');
    const best = found.results[0]!;
    expect(JSON.parse(read(folder, 'a', 'best.json'))).toEqual(
      withSettings(defaultSettings.words, [...small, ...Object.entries(best.trial.values), ['train.epochs', 3]]),
    );
    expect(events.filter(({ type }) => type === 'finished')).toHaveLength(6);
  });

  test('fails for a setting there is not, before a corpus is read', async () => {
    const searching = collect(runTuning(job('none', 'none', { space: { 'train.speed': { choice: [1] } } })));
    await expect(searching).rejects.toThrow(/train\.speed/);
  });

  test('fails for a value that a setting cannot have, however late it would come up', async () => {
    const space = { 'model.hiddenDropout': { choice: [0, 0.1, 2] } };
    await expect(collect(runTuning(job('none', 'none', { space })))).rejects.toThrow(/model\.hiddenDropout.* got 2/);
  });
});

describe('createTrialRunner', () => {
  test('goes on in a next round as if the trial had never paused', { timeout: 60_000 }, async () => {
    const folder = tempFolder();
    writeCorpus(folder);
    const base = withSettings(defaultSettings.words, small);
    const corpus = putTestAside(readCorpus({ dir: folder }));
    const run = createTrialRunner({ job: job(folder, join(folder, 'out')), base, corpus });
    const trial = { id: 1, values: { 'train.learningRate': 0.02, 'model.hiddenDropout': 0.2 } };
    const to = join(folder, 'checkpoint.safetensors');
    const common = { trial, plannedEpochs: 4 };
    const whole = await collect(run({ ...common, fromEpoch: 0, toEpoch: 4, from: undefined, to: undefined }));
    const first = await collect(run({ ...common, fromEpoch: 0, toEpoch: 1, from: undefined, to }));
    const second = await collect(run({ ...common, fromEpoch: 1, toEpoch: 4, from: to, to: undefined }));
    expect([...first, ...second]).toEqual(whole);
    expect(whole.filter(({ type }) => type === 'epoch')).toHaveLength(4);
  });

  test('saves what a trial ends with that early stopping ends before its round does', { timeout: 60_000 }, async () => {
    const folder = tempFolder();
    writeCorpus(folder);
    // Its F1 rises no more after it has risen once at most: a rate of 0 changes nothing.
    const stop = { kind: 'hugging-face', monitor: 'dev_f1', mode: 'max', patience: 1, threshold: 0 };
    const base = withSettings(defaultSettings.words, [...small, ['train.earlyStopping', stop]]);
    const corpus = putTestAside(readCorpus({ dir: folder }));
    const run = createTrialRunner({ job: job(folder, join(folder, 'out')), base, corpus });
    const trial = { id: 1, values: { 'train.learningRate': 0 } };
    const to = join(folder, 'checkpoint.safetensors');
    const events = await collect(run({ trial, plannedEpochs: 6, fromEpoch: 0, toEpoch: 5, from: undefined, to }));
    expect(events.filter(({ type }) => type === 'epoch')).toHaveLength(2);
    expect(existsSync(to)).toBe(true);
    const next = run({ trial, plannedEpochs: 6, fromEpoch: 5, toEpoch: 6, from: to, to: undefined });
    expect(await collect(next)).toEqual([]);
  });
});

test('putTestAside leaves nothing of test', () => {
  const folder = tempFolder();
  writeCorpus(folder);
  const corpus = readCorpus({ dir: folder });
  expect(corpus.test).toHaveLength(4);
  const kept = JSON.stringify(putTestAside(corpus));
  for (const trace of ['Frances', 'Ken', join(folder, 'test'), corpus.fingerprints.test!]) {
    expect(kept).not.toContain(trace);
  }
  expect(putTestAside(corpus)).toMatchObject({ train: corpus.train, dev: corpus.dev });
});
