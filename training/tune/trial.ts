import type { Values } from './space.ts';

/** A configuration under trial: a model of its own, from fresh parameters. */
export interface Trial {
  /** From 1, in the order of their first rounds. */
  readonly id: number;
  readonly values: Values;
}

/** Some epochs of a trial's training. Hyperband promotes the best trials of a round to another. */
export interface Round {
  /** From 1, in the order they are run. */
  readonly number: number;
  readonly trial: Trial;
  /** Of Hyperband: the sweep, from 0, and the bracket, which is greatest where most trials are dropped early. */
  readonly sweep?: number | undefined;
  readonly bracket?: number | undefined;
  /** From 0; only Hyperband has more than one. */
  readonly round: number;
  /** Finished epochs at its beginning and at its end. */
  readonly fromEpoch: number;
  readonly toEpoch: number;
  /** Whether no other round of the trial can follow, so that its weights need not be kept. */
  readonly last: boolean;
}

/** What a search wants done. */
export interface RoundRequest {
  readonly trial: Trial;
  readonly fromEpoch: number;
  readonly toEpoch: number;
  /**
   * Epochs that the learning rate is planned for. It is the same in all rounds, so that a promoted trial goes on as if
   * it had never paused.
   */
  readonly plannedEpochs: number;
  /** Checkpoint of the trial's round before; undefined in the first, which starts from fresh parameters. */
  readonly from: string | undefined;
  /** File to save a checkpoint to at the end of the round; undefined where no round can follow. */
  readonly to: string | undefined;
}

/** The end of an epoch of a round. */
export interface EpochScore {
  readonly epoch: number;
  /** On dev; the greatest is best. */
  readonly score: number;
  readonly loss: number;
}

/** What a round says while it runs. */
export type TrialEvent =
  | {
      readonly type: 'step';
      /** Steps that are finished, of those that the whole training of the trial would have. */
      readonly step: number;
      readonly totalSteps: number;
      readonly epoch: number;
    }
  | ({ readonly type: 'epoch' } & EpochScore);

/**
 * Trains a model of its own for the epochs of a round, or for fewer where early stopping ends it. It sees train and dev,
 * never test.
 *
 * @throws {E_TRAINING_DIVERGED} the trial has failed; the search goes on without it
 */
export type RunTrial = (request: RoundRequest) => AsyncIterable<TrialEvent>;

/** A round that is over: a line of `trials.jsonl`. */
export interface FinishedRound extends Round {
  readonly epochs: readonly EpochScore[];
  /** The best of its epochs, or of those before where it had none; null when it failed. */
  readonly score: number | null;
  /** Why it failed; null when it did not. */
  readonly failure: string | null;
}
