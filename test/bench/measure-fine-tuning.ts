// A process that fine-tunes an encoder: node measure-fine-tuning.ts JOB_JSON, the job of torch_finetune.py
import '../../shared/env.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../cli/package-version.ts';
import { runTraining } from '../../training/job/run-training.ts';
import type { SettingChange } from '../../training/job/settings.ts';
import { offlineHub } from '../support/offline-hub.ts';
import type { Samples } from './figure.ts';
import type { FineTuningJob } from './fine-tuning-job.ts';
import { peakMemoryMiB, printSamples } from './in-child.ts';

/** The recipe of torch_finetune.py, which ends with the weights of the last epoch. */
function changesOf({ order, epochs, batch, learningRate }: FineTuningJob): readonly SettingChange[] {
  const last = { kind: 'keras-3', monitor: 'loss', patience: epochs, restoreBestWeights: false };
  return [
    ['train.batching', order === 'grouped' ? 'bucketed' : 'shuffled'],
    ['train.epochs', epochs],
    ['train.batchSize', batch],
    ['train.learningRate', learningRate],
    ['train.schedule', { name: 'linear', warmup: { ratio: 0.1 } }],
    ['train.earlyStopping', last],
  ];
}

/** Tweets a second of each epoch, without measuring dev; F1 on dev after each, on test after the last. */
async function measureFineTuning(job: FineTuningJob, out: string): Promise<Samples> {
  const { corpus: dir, encoder, seed, threads, evaluate } = job;
  const training = runTraining({
    corpus: { dir },
    encoder: { name: encoder, hub: offlineHub },
    changes: changesOf(job),
    out,
    seed,
    threads,
    resume: false,
    // As `tagwright train` has it.
    spinning: true,
    version: packageVersion,
  });
  const [epoch, dev, test]: [number[], number[], number[]] = [[], [], []];
  let [begun, lastStep, sentences] = [0, 0, 0];
  for await (const event of training) {
    const now = performance.now();
    if (event.type === 'start') begun = now;
    if (event.type === 'step') {
      sentences += event.sentences;
      lastStep = now;
    }
    if (event.type === 'epoch') {
      epoch.push((1_000 * sentences) / (lastStep - begun));
      dev.push(event.dev.f1);
    }
    // The last event of an epoch: its checkpoint is no part of the next one.
    if (event.type === 'checkpoint') [begun, sentences] = [now, 0];
    if (event.type === 'end' && !evaluate) break;
    if (event.type === 'exported') test.push(event.reports['test']!.entity.default.micro.f1);
  }
  return { epoch, memory: [peakMemoryMiB()], ...(evaluate ? { dev, test } : {}) };
}

const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
try {
  printSamples(await measureFineTuning(JSON.parse(process.argv[2]!) as FineTuningJob, join(folder, 'model')));
} finally {
  await rm(folder, { recursive: true, force: true });
}
