import type { WordTaggerSettings } from '../models/word-tagger.ts';

/** How training goes, whatever the model. */
export interface TrainSettings {
  readonly epochs: number;
  /** Sentences a step. */
  readonly batchSize: number;
  /** Steps in one run of the training program. More save copies of the state, fewer let progress be seen sooner. */
  readonly stepsPerRun: number;
  /** Peak rate, reached at the end of the warm-up. */
  readonly learningRate: number;
  /** Share of all steps that the rate rises in; then it falls to 0. */
  readonly warmupRatio: number;
  readonly weightDecay: number;
  /** Greatest norm of the gradient. */
  readonly maxNorm: number;
  /** Share of entities that are replaced by others of their type in each epoch. */
  readonly mentionReplacement: number;
}

/** Chosen on WNUT16 dev; docs/benchmarks.md has what was tried. */
export const defaultTrainSettings: TrainSettings = {
  epochs: 12,
  batchSize: 32,
  stepsPerRun: 16,
  learningRate: 1e-3,
  warmupRatio: 0.1,
  weightDecay: 0.01,
  maxNorm: 1,
  mentionReplacement: 0.7,
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
