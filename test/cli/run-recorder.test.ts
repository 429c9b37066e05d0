import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunRecorder, whoTrains, type RunRecorder } from '../../cli/run-recorder.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createRunRegistry } from '../../shared/runs/run-registry.ts';
import type { JobEvent, RecipeJob, TrainingJob } from '../../training/job/training-job.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { offlineHub } from '../support/offline-hub.ts';

const who = { user: 'ada', host: 'engine' };

/** A clock that is 30 seconds later whenever it is looked at. */
function clock(): () => Date {
  let now = Date.UTC(2026, 2, 1);
  return () => {
    now += 30_000;
    return new Date(now);
  };
}

function jobIn(folder: string): RecipeJob {
  return {
    corpus: { recipe: 'un-ner', path: '/data/un', options: { seed: 4 }, asPublished: false },
    encoder: { name: '/encoders/minilm', label: 'minilm', hub: offlineHub },
    out: join(folder, 'bundle'),
    seed: 7,
    resume: false,
    threads: 1,
    version: '0.1.0',
  };
}

function begun(folder: string, job: TrainingJob | RecipeJob = jobIn(folder)): RunRecorder {
  const recorder = createRunRecorder(job, { clock: clock(), who });
  mkdirSync(join(folder, 'bundle.run'));
  writeFileSync(join(folder, 'bundle.run', 'config.json'), '{"train": {"epochs": 6}}');
  const events: JobEvent[] = [
    {
      ...{ type: 'corpus', train: 20, dev: 5, test: 0, types: ['PER'], devFrom: 'held out' },
      overlap: { trainDev: 0, trainTest: 0, devTest: 0 },
      fingerprints: { train: 'a'.repeat(64) },
    },
    { ...{ type: 'start', parameters: 1, trained: 1, sentences: 20, epochs: 6, totalSteps: 12 }, finishedSteps: 0 },
  ];
  for (const event of events) recorder.see(event);
  return recorder;
}

describe('a run that did not come to its end', () => {
  test('is recorded with its settings and what is known of its data', async () => {
    const folder = tempFolder();
    const draft = (await begun(folder).draft('interrupted'))!;
    expect(draft).toMatchObject({
      ...{ kind: 'train', outcome: 'interrupted', who, startedAt: '2026-03-01T00:00:30.000Z', seconds: 30 },
      recipe: { name: 'un-ner', options: { seed: 4 } },
      corpus: '/data/un',
      data: { train: { sha256: 'a'.repeat(64), sentences: 20 }, dev: { sentences: 5 } },
      settings: { train: { epochs: 6 }, encoder: 'minilm', vectors: null },
      ...{ seed: 7, device: 'cpu', modelId: null, metrics: {}, runFolder: join(folder, 'bundle.run') },
    });
    // It is a record as the schema has it.
    const registry = createRunRegistry(openStore().store);
    expect((await registry.list()).damaged).toEqual([]);
    expect(await registry.find((await registry.add(draft)).id)).toMatchObject({ outcome: 'interrupted' });
  });

  test('says what failed', async () => {
    const draft = await begun(tempFolder()).draft('failed', new NerError('E_TRAINING_DIVERGED', 'the loss is NaN'));
    expect([draft?.outcome, draft?.error]).toEqual(['failed', 'E_TRAINING_DIVERGED: the loss is NaN']);
  });

  test('is not recorded when it was refused or stopped before it trained', async () => {
    const recorder = createRunRecorder(jobIn(tempFolder()), { clock: clock(), who });
    expect(await recorder.draft('failed', new Error('no'))).toBeUndefined();
    expect(await recorder.draft('interrupted')).toBeUndefined();
  });
});

test('a run on CoNLL files names the folder, or the training file', async () => {
  for (const [corpus, named] of [
    [{ dir: '/data' }, '/data'],
    [{ train: '/data/a', dev: '/data/b' }, '/data/a'],
  ] as const) {
    const folder = tempFolder();
    const draft = await begun(folder, { ...jobIn(folder), corpus }).draft('interrupted');
    expect([draft?.corpus, draft?.recipe]).toEqual([named, null]);
  }
});

test('whoever is logged in trained, or whom TAGWRIGHT_USER names, or nobody', () => {
  expect(whoTrains(undefined)?.user).not.toBe('');
  expect(whoTrains('grace')).toEqual({ user: 'grace', host: whoTrains(undefined)?.host });
  expect(whoTrains('')).toBeNull();
});
