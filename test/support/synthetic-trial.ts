import { existsSync, writeFileSync } from 'node:fs';
import { NerError } from '../../shared/ner-error.ts';
import type { Search } from '../../training/tune/search.ts';
import type { FinishedRound, RoundRequest, RunTrial, TrialEvent } from '../../training/tune/trial.ts';

/** Stops the world, as a killed process would. */
export class Killed extends Error {}

export interface SyntheticOptions {
  /** Every request, as it comes. */
  readonly requests?: RoundRequest[];
  /** Epochs until the process is killed; by default it never is. */
  readonly killAfter?: number;
}

/**
 * Stands for training: the score is a function of rate and epoch, and a round that goes on fails unless its checkpoint
 * is there. A rate over 0.9 diverges.
 */
export function syntheticTrial({ requests = [], killAfter = Infinity }: SyntheticOptions = {}): RunTrial {
  let left = killAfter;
  return async function* run(request): AsyncGenerator<TrialEvent> {
    requests.push(request);
    const { trial, fromEpoch, toEpoch, from, to } = request;
    if (from !== undefined && !existsSync(from)) throw new Error(`no checkpoint ${from}`);
    const rate = trial.values['rate'] as number;
    for (let epoch = fromEpoch + 1; epoch <= toEpoch; epoch++) {
      if (left-- <= 0) throw new Killed();
      if (rate > 0.9) throw new NerError('E_TRAINING_DIVERGED', `train: the loss of step ${epoch} is NaN.`);
      yield { type: 'epoch', epoch, score: 1 - Math.abs(rate - 0.3) - 1 / (epoch + 1), loss: 1 / epoch };
    }
    if (to !== undefined) writeFileSync(to, `${trial.id}: ${toEpoch}`);
  };
}

/** The history of a search whose rounds have these scores, in order; null for one that failed. */
export function history(search: Search, scoreOf: (number: number) => number | null | undefined): FinishedRound[] {
  const finished: FinishedRound[] = [];
  for (;;) {
    const next = search.next(finished);
    if (typeof next === 'string') return finished;
    const score = scoreOf(next.number);
    if (score === undefined) return finished;
    finished.push({ ...next, epochs: [], score, failure: score === null ? 'diverged' : null });
  }
}
