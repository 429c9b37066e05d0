import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readSafetensorsFile } from '../../../shared/model/safetensors-file.ts';
import { writeSafetensors, type SafetensorsTensor } from '../../../shared/model/safetensors.ts';
import { NerError, type ErrorCode } from '../../../shared/ner-error.ts';
import { runTraining } from '../../../training/job/run-training.ts';
import type { SettingChange } from '../../../training/job/settings.ts';
import type { JobEvent, TrainingJob } from '../../../training/job/training-job.ts';
import { offlineHub } from '../../support/offline-hub.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { lastOf, runJob, tinyJob, writeTinyJob } from '../../support/tiny-encoder-job.ts';

// A folder with a run that was interrupted in its second epoch: what may not be lost.
let folder: string;
let before: ReadonlyMap<string, string>;

const run = (): string => join(folder, 'bundle.run');

/** Every file of the run, as text of its bytes. */
function filesOfRun(): ReadonlyMap<string, string> {
  return new Map(readdirSync(run()).map((name) => [name, readFileSync(join(run(), name), 'latin1')]));
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
  await writeTinyJob(folder);
  await runJob(tinyJob(folder), 4);
  before = filesOfRun();
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs a job in the place of the interrupted run, expects it to be refused, and gives the error and what was said. */
async function refused(job: TrainingJob): Promise<{ readonly error: NerError; readonly said: readonly JobEvent[] }> {
  const said: JobEvent[] = [];
  let error: unknown;
  try {
    for await (const event of runTraining(job)) said.push(event);
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof NerError)) throw new Error(`the job was not refused, got ${String(error)}`);
  return { error, said };
}

async function expectRefused(job: TrainingJob, code: ErrorCode, part: string | RegExp): Promise<void> {
  const { error, said } = await refused(job);
  expect({ code: error.code, message: error.message }).toEqual({
    code,
    message:
      typeof part === 'string' ? (expect.stringContaining(part) as string) : (expect.stringMatching(part) as string),
  });
  // No time is spent on what cannot be trained.
  expect(said.map(({ type }) => type)).not.toContain('start');
  expect(filesOfRun()).toEqual(before);
}

/** The tiny BERT with something of it changed. */
function encoderWith(change: (dir: string) => void): TrainingJob['encoder'] {
  const dir = join(tempFolder(), 'bert');
  cpSync(join(folder, 'bert'), dir, { recursive: true });
  change(dir);
  return { name: dir, hub: offlineHub };
}

function weightsWith(change: (tensors: Record<string, SafetensorsTensor>) => void): TrainingJob['encoder'] {
  return encoderWith((dir) => {
    const file = join(dir, 'model.safetensors');
    const tensors = Object.fromEntries(readSafetensorsFile(file).tensors);
    change(tensors);
    writeFileSync(file, writeSafetensors(tensors));
  });
}

/** The tensor that stands for the words, whatever the prefix is. */
const embedding = (tensors: Record<string, SafetensorsTensor>): string =>
  Object.keys(tensors).find((name) => name.endsWith('embeddings.word_embeddings.weight'))!;

describe('a job is refused before it trains, and the run that was there before is left as it was', () => {
  const settings: readonly (readonly [string, SettingChange, ErrorCode, string])[] = [
    ['a setting that there is not', ['train.speed', 1], 'E_USAGE', "settings: there is no train.speed, got 'speed'"],
    ['a setting of the other kind of tagger', ['model.width', 8], 'E_USAGE', 'there is no model.width'],
    [
      'more pieces than the encoder has positions',
      ['model.maxPieces', 141],
      'E_USAGE',
      'model.maxPieces: longer than the positions of bert, got 141; expected at most 128',
    ],
    [
      'bf16 on the CPU',
      ['train.precision', 'bf16'],
      'E_USAGE',
      'train.precision: bf16 is for CUDA, got it on the CPU; expected fp32',
    ],
    [
      'shuffled batches by tokens',
      ['train', { batching: 'shuffled', maxTokens: 64 }],
      'E_USAGE',
      'train.maxTokens: shuffled batches have so many sentences each, got at most 64 tokens',
    ],
    [
      'early stopping by a figure that there is not',
      ['train.earlyStopping', { kind: 'keras-3', monitor: 'accuracy' }],
      'E_USAGE',
      "earlyStopping: there is no figure to watch, got 'accuracy'",
    ],
    ['class weights for other labels', ['loss.classWeights', [1, 2]], 'E_USAGE', 'classWeights'],
  ];
  test.each(settings)('%s', async (_, [path, value], code, part) => {
    const parts = path === 'train' ? Object.entries(value as object).map(([k, v]) => [`train.${k}`, v] as const) : [];
    const changes: readonly SettingChange[] = path === 'train' ? parts : [[path, value]];
    await expectRefused(tinyJob(folder, { changes }), code, part);
  });

  test.each(['begin-inside', 'same'])('a CRF over all pieces of a word (%s)', async (alignment) => {
    const changes: readonly SettingChange[] = [
      ['loss.kind', 'crf'],
      ['model.alignment', alignment],
    ];
    await expectRefused(tinyJob(folder, { changes }), 'E_USAGE', `a CRF decodes words, got '${alignment}'`);
  });

  const encoders: readonly (readonly [string, () => TrainingJob['encoder'], ErrorCode, string | RegExp])[] = [
    [
      'an encoder folder that is none',
      () =>
        encoderWith((dir) => {
          rmSync(join(dir, 'config.json'));
        }),
      'E_ENCODER_MISSING',
      'there is no config.json, got model.safetensors, tokenizer.json',
    ],
    [
      'an encoder folder that is not there',
      () => ({ name: './no-such-encoder', hub: offlineHub }),
      'E_ENCODER_MISSING',
      'there is no such folder',
    ],
    [
      'a hub that cannot be reached',
      () => ({ name: 'someone/encoder', hub: { ...offlineHub, offline: false, cacheDir: join(folder, 'cache') } }),
      'E_HUB_UNREACHABLE',
      'http://127.0.0.1:9',
    ],
    [
      'an encoder without weights',
      () =>
        encoderWith((dir) => {
          rmSync(join(dir, 'model.safetensors'));
        }),
      'E_WEIGHTS_MISSING',
      'model.safetensors',
    ],
    [
      'weights that are cut off',
      () =>
        encoderWith((dir) => {
          truncateSync(join(dir, 'model.safetensors'), 20_000);
        }),
      'E_WEIGHTS_MALFORMED',
      /model\.safetensors: '\S+' ends at \d+, after the file's 20000 bytes/,
    ],
    [
      'weights whose header lies',
      () =>
        encoderWith((dir) => {
          const file = join(dir, 'model.safetensors');
          const bytes = readFileSync(file);
          // The header as text of the same length, with a shape that its bytes do not fill.
          const at = bytes.indexOf('"shape":[200,');
          bytes.write('"shape":[300,', at);
          writeFileSync(file, bytes);
        }),
      'E_WEIGHTS_MALFORMED',
      /bytes; expected \d+ for F32 \[300, /,
    ],
    [
      'weights that are no floats',
      () =>
        weightsWith((tensors) => {
          const { shape, data } = tensors[embedding(tensors)]!;
          tensors[embedding(tensors)] = { dtype: 'I32', shape, data: new Int32Array(data.length) };
        }),
      'E_WEIGHTS_MISMATCH',
      "embeddings.word_embeddings.weight' is no float",
    ],
    [
      'weights of another shape',
      () =>
        weightsWith((tensors) => {
          const { shape, data } = tensors[embedding(tensors)]!;
          const rows = (data as Float32Array).slice(0, 100 * shape[1]!);
          tensors[embedding(tensors)] = { dtype: 'F32', shape: [100, shape[1]!], data: rows };
        }),
      'E_WEIGHTS_MISMATCH',
      /embeddings\.word_embeddings\.weight' .*\[100, 24\].*\[200, 24\]/,
    ],
    [
      'weights without one tensor',
      () => weightsWith((tensors) => Reflect.deleteProperty(tensors, embedding(tensors))),
      'E_WEIGHTS_MISMATCH',
      "'embeddings.word_embeddings.weight' is missing",
    ],
    [
      'a tokeniser of another model',
      () =>
        encoderWith((dir) => {
          const file = join(dir, 'tokenizer.json');
          const json = JSON.parse(readFileSync(file, 'utf8')) as { model: { vocab: Record<string, number> } };
          json.model.vocab['extraordinary'] = 30_000;
          writeFileSync(file, JSON.stringify(json));
        }),
      'E_TOKENIZER_MISMATCH',
      'got ids up to 30000; expected less than 200',
    ],
  ];
  test.each(encoders)('%s', async (_, make, code, part) => {
    await expectRefused(tinyJob(folder, { encoder: make() }), code, part);
  });

  test('vectors with an encoder', async () => {
    await expectRefused(tinyJob(folder, { vectors: 'glove.txt' }), 'E_USAGE', 'looks at pieces alone');
  });

  const corpora: readonly (readonly [string, { readonly split: string; readonly more: string }, ErrorCode, RegExp])[] =
    [
      [
        'labels in dev that train has not',
        { split: 'dev', more: '\nHal\tB-robot\nis\tO\n' },
        'E_TYPE_UNSEEN',
        /got 'robot' \(\S+dev, the sentence from line \d+ on\); expected those of train: /,
      ],
      [
        'a tag sequence that its scheme does not have',
        { split: 'train', more: '\nsaw\tO\nHopper\tI-person\n' },
        'E_CORPUS_MALFORMED',
        /corpus\/train:82: the tag continues nothing/,
      ],
    ];
  test.each(corpora)('%s', async (_, { split, more }, code, part) => {
    const dir = join(tempFolder(), 'corpus');
    cpSync(join(folder, 'corpus'), dir, { recursive: true });
    writeFileSync(join(dir, split), more, { flag: 'a' });
    await expectRefused(tinyJob(folder, { corpus: { dir } }), code, part);
  });

  test('a checkpoint of another configuration, of another seed and of other data', async () => {
    const dir = join(tempFolder(), 'corpus');
    cpSync(join(folder, 'corpus'), dir, { recursive: true });
    writeFileSync(join(dir, 'train'), '\nmore\tO\n', { flag: 'a' });
    const others: readonly Partial<TrainingJob>[] = [
      { changes: [['train.learningRate', 0.001]] },
      { changes: [['model.head.kind', 'bilstm']] },
      { seed: 4 },
      { corpus: { dir } },
      { encoder: { name: join(folder, 'bert'), revision: 'v2', hub: offlineHub } },
    ];
    for (const other of others) {
      await expectRefused(tinyJob(folder, { ...other, resume: true }), 'E_CHECKPOINT_MISMATCH', 'other settings');
    }
  });

  test('a folder for the bundle that cannot be made, or is something else', async () => {
    const out = join(folder, 'corpus', 'train', 'bundle');
    await expectRefused(tinyJob(folder, { out }), 'E_FILE_UNWRITABLE', 'ENOTDIR');
    const thesis = tempFolder();
    mkdirSync(join(thesis, 'chapters'));
    await expectRefused(tinyJob(folder, { out: thesis }), 'E_FILE_UNWRITABLE', 'holds something that is no model');
  });
});

describe('a job', () => {
  test('puts illegal tags right when it is told to, and says which', async () => {
    const dir = join(tempFolder(), 'corpus');
    cpSync(join(folder, 'corpus'), dir, { recursive: true });
    writeFileSync(join(dir, 'train'), '\nsaw\tO\nHopper\tI-person\n', { flag: 'a' });
    const job = tinyJob(folder, { corpus: { dir }, repair: true, out: join(folder, 'repaired') });
    const events = await runJob({ ...job, changes: [...job.changes!, ['train.epochs', 1]] });
    const repairs = events.filter((event) => event.type === 'repaired');
    expect(repairs.map(({ message }) => message)).toEqual([
      expect.stringMatching(/corpus\/train:82: .*I-person.*B-person/) as string,
    ]);
    expect(lastOf(events, 'exported').dir).toBe(job.out);
  });

  test('trains on with types of dev that train has not when that is allowed: they are misses', async () => {
    const dir = join(tempFolder(), 'corpus');
    cpSync(join(folder, 'corpus'), dir, { recursive: true });
    writeFileSync(join(dir, 'dev'), '\nHal\tB-robot\nis\tO\n', { flag: 'a' });
    const job = tinyJob(folder, { corpus: { dir }, allowUnseenTypes: true, out: join(folder, 'unseen') });
    const events = await runJob({ ...job, changes: [...job.changes!, ['train.epochs', 1]] });
    expect(lastOf(events, 'exported').reports['dev']!.entity.default.perType['robot']).toMatchObject({
      support: 1,
      recall: 0,
    });
  });

  test('that diverges names step, epoch, sentences and the last good checkpoint, which is whole', async () => {
    const out = join(folder, 'diverged');
    // Each step throws the parameters farther out, until numbers end in the second epoch.
    const changes: readonly SettingChange[] = [
      ['train.optimizer', { name: 'sgd' }],
      ['train.schedule', { name: 'constant', warmup: { steps: 0 } }],
      ['train.maxNorm', 1e30],
      ['train.learningRate', 1e4],
    ];
    const { error, said } = await refused(tinyJob(folder, { out, changes }));
    const place = String.raw`\S+corpus/train:\d+`;
    expect(error.code).toBe('E_TRAINING_DIVERGED');
    expect(error.message).toMatch(
      new RegExp(`the loss of step \\d \\(epoch 2, sentences ${place}(, ${place}){3}\\) is (NaN|-?Infinity)`),
    );
    const { file } = lastOf(said, 'checkpoint');
    expect(error.message).toContain(`The last good checkpoint is ${file}.`);
    const numbers = readSafetensorsFile(file).tensors.get('parameters')!.data as Float32Array;
    expect(numbers.every(Number.isFinite)).toBe(true);
  });
});
