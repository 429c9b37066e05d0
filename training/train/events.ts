import type { Figures } from '../../shared/evaluation/figures.ts';

/** Figures of single words' tags, `O` among them, as scikit-learn has them: high even where few entities are found. */
export interface WordFigures {
  /** Share of the words with the right tag. */
  readonly accuracy: number;
  /** Mean over the tags. */
  readonly macroF1: number;
}

/** What the training loop says, in order: start, then per epoch its steps and its end, then end. */
export type TrainEvent =
  | {
      readonly type: 'start';
      readonly parameters: number;
      /** Parameters that change; the others are frozen. */
      readonly trained: number;
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
      /** What is minimised, a mean over labelled words. */
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
      /** Steps finished with it. */
      readonly step: number;
      /** Mean over the epoch's steps. */
      readonly loss: number;
      readonly dev: Figures;
      /** Of the words of dev; not there in what earlier versions wrote. */
      readonly devWords?: WordFigures;
      /** Whether dev F1 is the best so far; of equal ones the earliest stays. */
      readonly best: boolean;
    }
  /** Training was told to stop: it ends after this step, and goes on from there when resumed. */
  | { readonly type: 'interrupted'; readonly epoch: number; readonly step: number }
  /** Early stopping ends training after this epoch. */
  | { readonly type: 'stopped'; readonly epoch: number }
  /** The epoch whose parameters the run ends with. */
  | { readonly type: 'end'; readonly bestEpoch: number; readonly dev: Figures };
