import type { Figures } from '../metrics/figures.ts';

/** What the training loop says, in order: start, then per epoch its steps and its end, then end. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly parameters: number;
      readonly sentences: number;
      readonly epochs: number;
      readonly totalSteps: number;
      /** Steps that were finished before, when a run is resumed. */
      readonly finishedSteps: number;
    }
  | {
      readonly type: 'step';
      readonly step: number;
      readonly epoch: number;
      /** Negative log-likelihood a word. */
      readonly loss: number;
      /** Before clipping. */
      readonly gradientNorm: number;
      readonly learningRate: number;
      /** Sentences of this step. */
      readonly sentences: number;
    }
  | {
      readonly type: 'epoch';
      /** From 1. */
      readonly epoch: number;
      /** Mean over the epoch's steps. */
      readonly loss: number;
      readonly dev: Figures;
      /** Whether dev F1 is the best so far; of equal ones the earliest stays. */
      readonly best: boolean;
    }
  | { readonly type: 'end'; readonly bestEpoch: number; readonly dev: Figures };
