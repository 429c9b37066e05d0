import { z } from 'zod';
import type { WordTaggerSettings } from '../models/word-tagger.ts';
import { averagingSettingsSchema } from '../optim/averaging.ts';
import { optimizerSettingsSchema } from '../optim/optimizer-settings.ts';
import { groupSettingsSchema } from '../optim/parameter-groups.ts';
import { scheduleSettingsSchema } from '../optim/schedule-settings.ts';
import { earlyStoppingSchema } from './early-stopping.ts';

const share = z.number().min(0).max(1);

/** How training goes, whatever the model. */
export const trainSettingsSchema = z.strictObject({
  epochs: z.int().positive(),
  /** Sentences of a micro-batch. */
  batchSize: z.int().positive(),
  /** Positions of a micro-batch at most, padding included; null for no limit. */
  maxTokens: z.int().positive().nullable(),
  /** Which sentences meet in a batch: `bucketed` those of like length, `shuffled` any. */
  batching: z.enum(['bucketed', 'shuffled']),
  /** Micro-batches of a step, whose gradients are averaged. */
  accumulate: z.int().positive(),
  /** Steps in one run of the training program on a device of its own memory; on the CPU, steps between two reports. */
  stepsPerRun: z.int().positive(),
  /** Peak rate, reached at the end of the warm-up. */
  learningRate: z.number().nonnegative(),
  /** What products are computed in; on CUDA fp32 is TF32 unless that is switched off. Parameters are fp32 always. */
  precision: z.enum(['fp32', 'bf16']),
  optimizer: optimizerSettingsSchema,
  schedule: scheduleSettingsSchema,
  /** Rates and weight decay of some of the parameters. */
  groups: groupSettingsSchema,
  /** The moving average of the parameters that is evaluated and exported in their place; null for none. */
  averaging: averagingSettingsSchema.nullable(),
  /** Greatest norm of the gradient. */
  maxNorm: z.number().positive(),
  /** Share of entities that are replaced by others of their type in each epoch. */
  mentionReplacement: share,
  /** Whether the score of O is lowered, after training, by what is best on dev. */
  outsideBias: z.enum(['as-trained', 'dev']),
  /** The rule that ends training before its last epoch; null for none: then the epoch that is best on dev is kept. */
  earlyStopping: earlyStoppingSchema.nullable(),
  /** Last checkpoints that are kept; the best one is kept besides. */
  keepCheckpoints: z.int().positive(),
});

export type TrainSettings = z.output<typeof trainSettingsSchema>;

/** Chosen on WNUT16 dev; docs/benchmarks.md has what was tried. */
export const defaultTrainSettings: TrainSettings = {
  epochs: 12,
  batchSize: 32,
  maxTokens: null,
  batching: 'bucketed',
  accumulate: 1,
  stepsPerRun: 16,
  learningRate: 1e-3,
  precision: 'fp32',
  optimizer: { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
  schedule: { name: 'linear', warmup: { ratio: 0.1 } },
  groups: { weightDecay: 0.01, headLearningRate: null, crfLearningRate: null, layerDecay: 1, freeze: 'none' },
  averaging: null,
  maxNorm: 1,
  mentionReplacement: 0.7,
  outsideBias: 'as-trained',
  earlyStopping: null,
  keepCheckpoints: 1,
};

/** Chosen on WNUT16 dev; docs/benchmarks.md has what was tried. */
export const defaultModelSettings: WordTaggerSettings = {
  features: [
    { feature: 'word', buckets: 16384, width: 64 },
    { feature: 'prefix2', buckets: 4096, width: 24 },
    { feature: 'prefix3', buckets: 4096, width: 24 },
    { feature: 'prefix4', buckets: 4096, width: 24 },
    { feature: 'suffix2', buckets: 4096, width: 24 },
    { feature: 'suffix3', buckets: 4096, width: 24 },
    { feature: 'suffix4', buckets: 4096, width: 24 },
    { feature: 'shape2', buckets: 1024, width: 24 },
    { feature: 'shape1', buckets: 1024, width: 24 },
  ],
  characters: 16,
  characterWidth: 16,
  characterFilters: 32,
  encoder: 'window',
  width: 128,
  layers: 2,
  lstmUnits: 64,
  // With mentions replaced afresh in each epoch, every dropout that was tried made dev worse.
  inputDropout: 0,
  hiddenDropout: 0,
  outputDropout: 0,
  wordDropout: 0,
  featureDropout: 0,
};
