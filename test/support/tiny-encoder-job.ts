import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { runTraining } from '../../training/job/run-training.ts';
import type { JobEvent, TrainingJob } from '../../training/job/training-job.ts';
import { offlineHub } from './offline-hub.ts';
import { writeTinyEncoder } from './tiny-encoder-folder.ts';
import { tinyCorpus } from './tiny-training.ts';

/** Sentences as a CoNLL file has them. */
export function conll(sentences: readonly Pick<Sentence, 'words' | 'tags'>[]): string {
  const lines = sentences.map(({ words, tags }) => words.map((word, i) => `${word}\t${tags[i]!}\n`).join(''));
  return lines.join('\n');
}

/** The sentences with a word before each: what train has already would be refused. */
function after(word: string, sentences: readonly Sentence[]): readonly Pick<Sentence, 'words' | 'tags'>[] {
  return sentences.map(({ words, tags }) => ({ words: [word, ...words], tags: ['O', ...tags] }));
}

export const tinySplits = {
  train: tinyCorpus,
  dev: after('well', [...tinyCorpus.slice(4), ...tinyCorpus.slice(0, 2)]),
  test: after('so', tinyCorpus.slice(2, 7)),
} as const;

/** Writes `corpus` and the tiny BERT `bert` into a folder: what a small job needs. */
export async function writeTinyJob(folder: string): Promise<void> {
  mkdirSync(join(folder, 'corpus'));
  for (const [split, sentences] of Object.entries(tinySplits)) {
    writeFileSync(join(folder, 'corpus', split), conll(sentences));
  }
  await writeTinyEncoder(join(folder, 'bert'), 'bert');
}

/** The job that fine-tunes the tiny BERT on the tiny corpus: two epochs of three steps. */
export function tinyJob(folder: string, { changes = [], ...more }: Partial<TrainingJob> = {}): TrainingJob {
  return {
    corpus: { dir: join(folder, 'corpus') },
    encoder: { name: join(folder, 'bert'), hub: offlineHub },
    out: join(folder, 'bundle'),
    seed: 3,
    resume: false,
    threads: 1,
    version: '0.0.0',
    ...more,
    changes: [['train.epochs', 2], ['train.batchSize', 4], ['train.learningRate', 0.005], ...changes],
  };
}

/** Runs a job to its end, or, when told to, until it has saved after this step. */
export async function runJob(job: TrainingJob, interruptAt?: number): Promise<readonly JobEvent[]> {
  const interrupt = new AbortController();
  const events: JobEvent[] = [];
  for await (const event of runTraining(job, interrupt.signal)) {
    events.push(event);
    if (event.type === 'step' && event.step === interruptAt) interrupt.abort();
  }
  return events;
}

/** The event of a type; the last one where there are several. */
export function lastOf<T extends JobEvent['type']>(
  events: readonly JobEvent[],
  type: T,
): Extract<JobEvent, { type: T }> {
  const found = events.findLast((event) => event.type === type);
  if (found === undefined) throw new Error(`there is no event '${type}', got ${events.map((e) => e.type).join(', ')}`);
  return found as Extract<JobEvent, { type: T }>;
}

/** manifest.json of a bundle, which has the hash of every file of it. */
export function manifestOf(dir: string): string {
  return readFileSync(join(dir, 'manifest.json'), 'utf8');
}
