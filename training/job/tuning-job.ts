import type { SearchSpace } from '../tune/space.ts';
import type { TrialResult } from '../tune/trial-table.ts';
import type { TuneEvent } from '../tune/tune.ts';
import type { JobEvent, TrainingJob } from './training-job.ts';

/** How a space is searched. */
export type SearchMethod =
  | { readonly name: 'hyperband'; readonly factor: number; readonly iterations: number }
  | { readonly name: 'random'; readonly trials: number }
  | { readonly name: 'grid' };

/**
 * A search as data: a training job without a bundle. `out` is the folder of the results; beside it `<out>.tune` keeps
 * the search. `changes` are what all trials have in common.
 */
export interface TuningJob extends TrainingJob {
  readonly space: SearchSpace;
  readonly method: SearchMethod;
  /** Epochs of the longest trials; by default those of the settings. */
  readonly maxEpochs?: number | undefined;
}

/** What a search says: of its corpus, of its rounds, and at the end what it found. */
export type TuningEvent =
  | Extract<JobEvent, { readonly type: 'prepared' | 'corpus' | 'repaired' }>
  | TuneEvent
  | { readonly type: 'found'; readonly dir: string; readonly results: readonly TrialResult[] };
