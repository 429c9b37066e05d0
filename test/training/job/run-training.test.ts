import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { openBundle } from '../../../shared/model/bundle.ts';
import { loadModel } from '../../../shared/model/load-model.ts';
import { readSafetensorsFile } from '../../../shared/model/safetensors-file.ts';
import { createSession } from '../../../shared/ort/session.ts';
import type { SettingChange } from '../../../training/job/settings.ts';
import { entityReport } from '../../../shared/evaluation/evaluation-report.ts';
import { lastOf, manifestOf, runJob, tinyJob, tinySplits, writeTinyJob } from '../../support/tiny-encoder-job.ts';

let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
  await writeTinyJob(folder);
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Entity figures of the bundle in a folder, loaded as serving loads it. */
async function servedFigures(dir: string, split: 'dev' | 'test'): Promise<object> {
  const model = await loadModel(await openBundle(dir), {
    inputOf: bundleInput,
    openGraph: (graph) => createSession(graph, { threads: 1 }),
  });
  const found = await model.predictor.predictWords(tinySplits[split].map(({ words }) => words));
  await model.release();
  const gold = tinySplits[split].map(({ tags }) => tags);
  return entityReport(gold, found, { mode: 'default' }).micro;
}

const recipes: readonly (readonly [string, readonly SettingChange[]])[] = [
  ['a linear head', []],
  [
    'a CRF with a rate of its own',
    [
      ['loss.kind', 'crf'],
      ['train.groups.crfLearningRate', 0.05],
    ],
  ],
  [
    'a convolution, focal loss and replaced mentions',
    [
      ['model.head', { kind: 'convolution', filters: 12 }],
      ['loss', { kind: 'focal-softmax', classWeights: 'balanced' }],
      ['train.mentionReplacement', 0.7],
    ],
  ],
  [
    'a BiLSTM under a CRF, all of the encoder frozen',
    [
      ['model.head', { kind: 'bilstm', units: 6 }],
      ['loss.kind', 'crf'],
      ['train.groups.freeze', 'encoder'],
      ['train.learningRate', 0.05],
    ],
  ],
  [
    'features of words beside their pieces, in small windows, under a CRF',
    [
      ['model.words', { width: 8, layers: 1, characterFilters: 4 }],
      ['model.maxPieces', 9],
      ['loss.kind', 'crf'],
      ['train.groups.headLearningRate', 0.02],
    ],
  ],
  [
    'features of words beside their pieces, under a CRF',
    [
      ['model.words', { features: [{ feature: 'suffix3', buckets: 64, width: 4 }], width: 8 }],
      ['loss.kind', 'crf'],
    ],
  ],
  [
    'all pieces of a word alike, in small windows, two batches a step, and an average',
    [
      ['model.alignment', 'same'],
      ['model.maxPieces', 9],
      ['train.accumulate', 2],
      ['train.averaging', { decay: 0.8 }],
    ],
  ],
  [
    'later pieces as I, rates by layer, Keras-Adam and batches by tokens',
    [
      ['model.alignment', 'begin-inside'],
      ['train.groups.layerDecay', 0.7],
      ['train.groups.freeze', 'embeddings'],
      ['train.optimizer.name', 'keras-adam'],
      ['train.maxTokens', 64],
      ['train.stepsPerRun', 2],
    ],
  ],
];

describe.each(recipes)('a run with %s', (name, changes) => {
  const jobOf = (out: string, resume = false): ReturnType<typeof tinyJob> =>
    tinyJob(folder, { changes, out: join(folder, `${recipes.findIndex(([known]) => known === name)}-${out}`), resume });

  test('writes a bundle that serves as the model did in training, and is the same after an interruption', async () => {
    const whole = jobOf('whole');
    const events = await runJob(whole);
    const { dev } = lastOf(events, 'end');
    expect(dev.support).toBeGreaterThan(10);
    expect(await servedFigures(whole.out, 'dev')).toEqual(dev);
    expect(await servedFigures(whole.out, 'test')).toEqual(
      lastOf(events, 'exported').reports['test']!.entity.default.micro,
    );

    const broken = jobOf('broken');
    const { finishedSteps, totalSteps } = lastOf(events, 'start');
    expect([finishedSteps, totalSteps >= 4]).toEqual([0, true]);
    const cut = await runJob(broken, totalSteps / 2 + 1);
    const { step } = lastOf(cut, 'interrupted');
    expect(lastOf(cut, 'checkpoint')).toMatchObject({ epoch: 1, step });
    const rest = await runJob(jobOf('broken', true));
    expect(lastOf(rest, 'resumed')).toMatchObject({ epoch: 1, step });
    expect(lastOf(rest, 'start').finishedSteps).toBe(step);
    expect(manifestOf(broken.out)).toBe(manifestOf(whole.out));
  });
});

describe('a run', () => {
  test('keeps its settings and events in a folder beside the bundle', async () => {
    const job = tinyJob(folder, { out: join(folder, 'kept') });
    const events = await runJob(job);
    const lines = readFileSync(join(`${job.out}.run`, 'events.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const at = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string;
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual(events.map((event) => ({ at, ...event })));
    const names = events.map(({ type }) => type);
    const epoch = ['step', 'step', 'step', 'epoch', 'checkpoint'];
    expect(names).toEqual([
      ...['corpus', 'encoder', 'windows', 'start', ...epoch, ...epoch, 'end', 'exporting', 'exported'],
    ]);
    const curves = readFileSync(join(`${job.out}.run`, 'curves.html'), 'utf8');
    expect(curves).toMatch(/<svg[^]*By epoch/);
    const settings = JSON.parse(readFileSync(join(`${job.out}.run`, 'config.json'), 'utf8')) as object;
    expect(settings).toMatchObject({ model: { kind: 'encoder' }, train: { epochs: 2, batchSize: 4 } });
  });

  test('says how many sentences are longer than the model sees, and trains on all of their words', async () => {
    const out = join(folder, 'windows');
    const short: readonly SettingChange[] = [
      ['model.maxPieces', 7],
      ['train.epochs', 1],
    ];
    const events = await runJob(tinyJob(folder, { out, changes: short }));
    const { longSentences, unseenWords } = lastOf(events, 'windows');
    expect([longSentences > 5, unseenWords]).toEqual([true, 0]);
    expect(lastOf(events, 'end').dev.support).toBe(
      tinySplits.dev.flatMap(({ tags }) => tags).filter((tag) => tag.startsWith('B-')).length,
    );
  });

  test('stops early, says so, and ends with the epoch that the rule keeps', async () => {
    const out = join(folder, 'early');
    // Nothing is learnt, so no epoch is better than the first.
    const frozen: readonly SettingChange[] = [
      ['train.epochs', 6],
      ['train.learningRate', 1e-12],
      [
        'train.earlyStopping',
        { kind: 'keras-3', monitor: 'dev_f1', mode: 'max', patience: 1, restoreBestWeights: true },
      ],
    ];
    const events = await runJob(tinyJob(folder, { out, changes: frozen }));
    expect(lastOf(events, 'stopped')).toEqual({ type: 'stopped', epoch: 2 });
    expect(lastOf(events, 'end').bestEpoch).toBe(1);
    const again = await runJob(tinyJob(folder, { out, changes: frozen, resume: true }));
    expect(again.some(({ type }) => type === 'step')).toBe(false);
    expect(lastOf(again, 'exported').modelId).toBe(lastOf(events, 'exported').modelId);
  });

  test('leaves frozen parameters as the encoder has them, and changes the others', async () => {
    const out = join(folder, 'frozen');
    await runJob(
      tinyJob(folder, {
        out,
        changes: [
          ['train.groups.freeze', 1],
          ['train.epochs', 1],
        ],
      }),
    );
    const before = readSafetensorsFile(join(folder, 'bert', 'model.safetensors')).tensors;
    const after = readSafetensorsFile(join(out, 'model.safetensors')).tensors;
    const same = [...before].filter(([name, { data }]) =>
      Buffer.from(data.buffer).equals(Buffer.from(after.get(name)!.data.buffer)),
    );
    const names = [...before.keys()];
    const isFrozen = (name: string): boolean => name.includes('embeddings') || name.includes('layer.0.');
    expect(same.map(([name]) => name)).toEqual(names.filter(isFrozen));
    expect(names.length).toBeGreaterThan(same.length);
  });
});

test('O is lowered by what is best on dev, when asked for, and served so', async () => {
  const job = tinyJob(folder, { out: join(folder, 'lowered'), changes: [['train.outsideBias', 'dev']] });
  const events = await runJob(job);
  const { bias, dev } = lastOf(events, 'outside-bias');
  expect(bias).toBeGreaterThanOrEqual(0);
  expect(dev.f1).toBeGreaterThanOrEqual(lastOf(events, 'end').dev.f1);
  expect(JSON.parse(manifestOf(job.out))).toMatchObject({
    recipe: { outsideBias: bias },
    metrics: { dev: { entity: { f1: dev.f1 } } },
  });
});
