import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundleInput } from '../../../shared/features/bundle-input.ts';
import { openBundle } from '../../../shared/model/bundle.ts';
import { loadModel } from '../../../shared/model/load-model.ts';
import type { Sentence } from '../../../shared/corpus/conll.ts';
import { createSession } from '../../../shared/ort/session.ts';
import { runDistillation } from '../../../training/job/run-distillation.ts';
import { runExport } from '../../../training/job/run-export.ts';
import { runTraining } from '../../../training/job/run-training.ts';
import type { SettingChange } from '../../../training/job/settings.ts';
import type { DistillationJob, JobEvent } from '../../../training/job/training-job.ts';
import { codeOf } from '../../support/error-code.ts';
import { lastOf, manifestOf, tinyJob, tinySplits, writeTinyJob } from '../../support/tiny-encoder-job.ts';

let folder: string;

/** A small student that learns fast. */
const SMALL: readonly SettingChange[] = [
  ['train.epochs', 4],
  ['train.batchSize', 8],
  ['train.learningRate', 0.01],
  ['model.width', 16],
  ['model.layers', 1],
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
  await writeTinyJob(folder);
  const teacher = tinyJob(folder, { out: join(folder, 'teacher'), changes: [['loss.kind', 'crf']] });
  for await (const { type } of runTraining(teacher)) if (type === 'exported') break;
  const texts = tinySplits.train.map(({ words }) => ['indeed', ...words].join(' '));
  const held = tinySplits.dev[0]!.words.join(' ');
  writeFileSync(join(folder, 'tweets.txt'), [...texts, held, texts[0]].join('\n'));
  writeFileSync(join(folder, 'vectors.txt'), 'indeed 1 2 3\nwell 2 -1 0.5\nlisbon 3 3 1\n');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function jobOf(out: string, { changes = [], ...more }: Partial<DistillationJob> = {}): DistillationJob {
  return {
    teacher: join(folder, 'teacher'),
    unlabelled: [join(folder, 'tweets.txt')],
    corpus: { dir: join(folder, 'corpus') },
    out: join(folder, out),
    vectorWords: 2,
    seed: 3,
    resume: false,
    threads: 1,
    version: '0.0.0',
    ...more,
    changes: [...SMALL, ...changes],
  };
}

async function distil(job: DistillationJob, interruptAt?: number): Promise<readonly JobEvent[]> {
  const interrupt = new AbortController();
  const events: JobEvent[] = [];
  for await (const event of runDistillation(job, interrupt.signal)) {
    events.push(event);
    if (event.type === 'step' && event.step === interruptAt) interrupt.abort();
  }
  return events;
}

const asSentence = ({ words, tags }: (typeof tinySplits)['dev'][number], index: number): Sentence => ({
  words,
  tags,
  file: 'dev',
  line: index + 1,
});

describe.each<readonly [string, Partial<DistillationJob>]>([
  ['without a CRF', {}],
  ['with a CRF', { changes: [['loss.kind', 'distillation-crf']] }],
  ['with vectors and no variants', { vectors: 'vectors.txt', changes: [['train.mentionReplacement', 0]] }],
])('a student %s', (name, given) => {
  const more = (): Partial<DistillationJob> =>
    given.vectors === undefined ? given : { ...given, vectors: join(folder, given.vectors) };

  test('is a bundle that serves, made of what is new among the tweets, and the same after an interruption', async () => {
    const whole = jobOf(`${name} whole`, more());
    const events = await distil(whole);
    expect(lastOf(events, 'unlabelled')).toMatchObject({ tweets: tinySplits.train.length, rejected: 0 });
    const { done, total } = lastOf(events, 'labelling');
    expect(done).toBe(total);
    expect(lastOf(events, 'start').sentences).toBe(total);
    expect(total).toBeGreaterThanOrEqual(2 * tinySplits.train.length);

    const model = await loadModel(await openBundle(whole.out), {
      inputOf: bundleInput,
      openGraph: (graph) => createSession(graph, { threads: 1 }),
    });
    const found = await model.predictor.predictWords(tinySplits.dev.map(({ words }) => words));
    await model.release();
    expect(found.map((tags) => tags.length)).toEqual(tinySplits.dev.map(({ words }) => words.length));
    expect(model.manifest.head.kind).toBe(name === 'with a CRF' ? 'crf' : 'linear');
    const { bias, dev } = lastOf(events, 'outside-bias');
    expect(model.manifest.recipe).toMatchObject({
      unlabelled: [{ tweets: tinySplits.train.length }],
      outsideBias: bias,
    });
    expect(dev.f1).toBeGreaterThanOrEqual(lastOf(events, 'end').dev.f1);
    expect(existsSync(join(whole.out, 'model.safetensors'))).toBe(false);

    // Its graph is all that holds its weights: both precisions come from there.
    for (const precision of ['fp32', 'int8'] as const) {
      const out = join(folder, `${name} ${precision}`);
      const corpus = { sha256: '0'.repeat(64), sentences: tinySplits.dev.map(asSentence) };
      const limits = precision === 'fp32' ? {} : { logitDifference: 100, tagAgreement: 0, f1Loss: 1 };
      const exported = await runExport({ model: whole.out, out, precision, corpus, limits, version: '0', threads: 1 });
      expect(exported.manifest).toMatchObject({ exportedFrom: model.manifest.id, graph: { precision } });
    }

    const broken = jobOf(`${name} broken`, more());
    const { totalSteps } = lastOf(events, 'start');
    const cut = await distil(broken, Math.floor(totalSteps / 2));
    expect(lastOf(cut, 'interrupted').step).toBeLessThan(totalSteps);
    expect(existsSync(broken.out)).toBe(false);
    await distil({ ...broken, resume: true });
    expect(manifestOf(broken.out)).toBe(manifestOf(whole.out));
  });
});

describe('a distillation', () => {
  test('asks the teacher once: another student reads what it said', async () => {
    const job = jobOf('twice');
    await distil(job);
    const soft = join(`${job.out}.run`, 'soft-labels');
    const written = readdirSync(soft).map((name) => statSync(join(soft, name)).mtimeMs);
    await distil(jobOf('twice', { changes: [['model.width', 8]] }));
    expect(readdirSync(soft).map((name) => statSync(join(soft, name)).mtimeMs)).toEqual(written);
  });

  test('without a corpus is measured by the tags of its teacher', async () => {
    const job = jobOf('alone', { corpus: undefined });
    const events = await distil(job);
    const { sentences } = lastOf(events, 'start');
    // Of the tweets, the held-out sentence is one of them now, a tenth is put aside.
    const tweets = tinySplits.train.length + 1;
    expect(sentences).toBe(tweets - Math.ceil(tweets / 10));
    expect(Object.keys(lastOf(events, 'exported').reports)).toEqual(['dev']);
  });

  test('publishes without a word of the corpus', async () => {
    const golden = ['Off to Lisbon', 'nothing here'];
    const job = jobOf('published', { publication: { notes: '## Licence\n\nFree.', golden, license: 'cc0-1.0' } });
    await distil(job);
    const { manifest } = await openBundle(job.out);
    expect(manifest.golden.map(({ text }) => text)).toEqual(golden);
    expect(manifest.files.map(({ path }) => path)).toEqual([
      'README.md',
      'config.json',
      'features.json',
      'onnx/model.onnx',
    ]);
    const card = readFileSync(join(job.out, 'README.md'), 'utf8');
    expect(card).toContain('license: cc0-1.0');
    expect(card).toContain('## Licence\n\nFree.');
    expect(card).not.toContain('report.html');
  });

  test('fails with settings of no student, or types that the teacher does not know', async () => {
    const failing = async (job: DistillationJob): Promise<string | undefined> => codeOf(() => distil(job));
    expect(await failing(jobOf('a', { changes: [['loss.kind', 'crf']] }))).toBe('E_USAGE');
    const files = { train: join(folder, 'other'), dev: join(folder, 'other-dev') };
    writeFileSync(files.train, 'Ada\tB-singer\nsings\tO\n');
    writeFileSync(files.dev, 'Bo\tB-singer\n');
    expect(await failing(jobOf('b', { corpus: files }))).toBe('E_USAGE');
    expect(await failing(jobOf('c', { teacher: join(folder, 'corpus') }))).toBe('E_BUNDLE_MISSING');
  });

  test('is nothing that ordinary training does', async () => {
    const job = tinyJob(folder, { out: join(folder, 'd'), changes: [['loss.kind', 'distillation']] });
    const train = async (): Promise<void> => {
      for await (const { type } of runTraining(job)) if (type === 'start') return;
    };
    expect(await codeOf(train)).toBe('E_USAGE');
  });
});
