import { defineCommand } from 'citty';
import { availableParallelism } from 'node:os';
import { performance } from 'node:perf_hooks';
import { resolve } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import { DEVICES } from '../shared/ort/device.ts';
import type { CorpusSource } from '../training/data/corpus.ts';
import { abortOnInterrupt } from './interruption.ts';
import { packageVersion } from './package-version.ts';
import { integerFlag } from './strict-arguments.ts';
import { encoderSource } from './encoder-source.ts';
import { settingChanges } from './setting-changes.ts';
import { recipeFlags, recipeSource } from './recipe-flags.ts';
import { recordFlags, recordedJob } from './recorded-job.ts';
import { namedVectors, vectorFlag } from './vector-flag.ts';
import { createTrainProgress } from './train-progress.ts';

export const train = defineCommand({
  meta: { name: 'train', description: 'Train a tagger on a labelled corpus and write it as a bundle' },
  args: {
    corpus: {
      type: 'string',
      valueHint: 'PATH',
      description: 'Folder with train, dev and test files in CoNLL form, or what the recipe reads',
    },
    ...recipeFlags,
    train: { type: 'string', valueHint: 'FILE', description: 'Training file, instead of --corpus' },
    dev: { type: 'string', valueHint: 'FILE', description: 'Dev file, with --train: chooses the best epoch' },
    test: { type: 'string', valueHint: 'FILE', description: 'Test file, with --train: measured once, at the end' },
    out: { type: 'string', valueHint: 'DIR', required: true, description: 'Folder to write the bundle to' },
    ...vectorFlag,
    encoder: {
      type: 'string',
      valueHint: 'DIR|ID',
      description: 'Pre-trained encoder to fine-tune: a Hugging Face folder, or its id on the hub; by default none',
    },
    revision: { type: 'string', valueHint: 'NAME', description: 'Branch, tag or commit of the encoder on the hub' },
    config: {
      type: 'string',
      valueHint: 'FILE',
      description: 'JSON file of settings, as config.json of a run has them',
    },
    set: {
      type: 'string',
      valueHint: 'PATH=VALUE',
      description: 'Changes one setting, such as train.learningRate=5e-5; may be given several times',
    },
    repair: {
      type: 'boolean',
      description: 'Put tags right that break the BIO rules, and say which; by default they are refused',
    },
    'allow-unseen-types': {
      type: 'boolean',
      description: 'Let dev have entity types that train has not, which count as misses; by default that is refused',
    },
    device: {
      type: 'enum',
      options: [...DEVICES],
      default: 'cpu',
      description: 'What trains; where there is no CUDA, --device cuda says why and stops',
    },
    seed: { type: 'string', valueHint: 'N', default: '1', description: 'Seed of everything random' },
    epochs: {
      type: 'string',
      valueHint: 'N',
      description: 'Passes over the training set; by default those of the recipe',
    },
    resume: {
      type: 'boolean',
      description: 'Go on from the last checkpoint of an interrupted run with the same settings',
    },
    ...recordFlags,
  },
  run: async ({ args, rawArgs }) => {
    const { signal } = abortOnInterrupt();
    const progress = createTrainProgress(process.stderr, () => performance.now());
    const recipe = recipeSource('train', args, rawArgs);
    const job = {
      out: resolve(args.out),
      repair: args.repair === true,
      allowUnseenTypes: args['allow-unseen-types'] === true,
      vectors: namedVectors(args.vectors),
      encoder: args.encoder === undefined ? undefined : encoderSource(args.encoder, args.revision),
      changes: settingChanges(args, rawArgs),
      seed: integerFlag('seed', args.seed, 0),
      resume: args.resume === true,
      threads: availableParallelism(),
      device: args.device,
      // Whoever trains from the command line gives it the machine.
      spinning: true,
      version: packageVersion,
    };
    const onCorpus = recipe === undefined ? { ...job, corpus: corpusSource(args) } : { ...job, corpus: recipe };
    try {
      const events = recordedJob({ job: onCorpus, signal, flags: args, say: progress.say });
      for await (const event of events) progress.show(event);
    } finally {
      progress.stop();
    }
    if (!signal.aborted) return 0;
    const step = progress.lastSaved();
    const saved =
      step === undefined
        ? 'nothing was trained yet'
        : `saved after step ${step}; go on with the same command and --resume`;
    process.stderr.write(`interrupted by ${String(signal.reason)}: ${saved}\n`);
    return 1;
  },
});

interface CorpusFlags {
  readonly corpus?: string | undefined;
  readonly train?: string | undefined;
  readonly dev?: string | undefined;
  readonly test?: string | undefined;
}

/** @throws {E_USAGE} unless there is either a folder, or a train and a dev file */
function corpusSource({ corpus, train: trainFile, dev, test }: CorpusFlags): CorpusSource {
  if (corpus !== undefined && trainFile === undefined && dev === undefined && test === undefined) {
    return { dir: resolve(corpus) };
  }
  if (corpus !== undefined || trainFile === undefined || dev === undefined) {
    throw new NerError(
      'E_USAGE',
      'tagwright train: name a corpus either by --corpus DIR, or by --train FILE and --dev FILE.',
    );
  }
  const files = { train: resolve(trainFile), dev: resolve(dev) };
  return test === undefined ? files : { ...files, test: resolve(test) };
}
