import type { TrainEvent } from '../train/events.ts';
import type { EvaluationReport } from '../metrics/evaluation-report.ts';
import type { CorpusSource, Overlap } from '../data/corpus.ts';

/** A training job as data: what `tagwright train` is asked for. It can be sent to another thread. */
export interface TrainingJob {
  readonly corpus: CorpusSource;
  /** Folder of the bundle; beside it `<out>.run` keeps checkpoints and events. */
  readonly out: string;
  /** A vector file, or the name of an npm package of vectors. */
  readonly vectors?: string | undefined;
  readonly seed: number;
  readonly epochs?: number | undefined;
  /** Go on from the last checkpoint, if there is one. */
  readonly resume: boolean;
  readonly threads: number;
  /** Tagwright's version, for the manifest. */
  readonly version: string;
}

/** What a job says, in order; step and epoch events in between are those of the training loop. */
export type JobEvent =
  | {
      readonly type: 'corpus';
      readonly train: number;
      readonly dev: number;
      readonly test: number;
      readonly types: readonly string[];
      readonly devFrom: 'file' | 'held out';
      readonly overlap: Overlap;
    }
  | { readonly type: 'vectors'; readonly words: number; readonly dim: number }
  | { readonly type: 'resumed'; readonly epoch: number }
  | TrainEvent
  | { readonly type: 'checkpoint'; readonly file: string; readonly epoch: number }
  | { readonly type: 'exporting' }
  | {
      readonly type: 'exported';
      readonly modelId: string;
      readonly dir: string;
      readonly reports: Readonly<Record<string, EvaluationReport>>;
    };
