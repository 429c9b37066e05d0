import type { Rng } from '../../shared/random.ts';
import { sampleDimension, type SearchSpace, type Values } from './space.ts';
import type { FinishedRound, Round } from './trial.ts';

/** Why a search has no next round. */
export type SearchEnd =
  /** All that was planned is done. */
  | 'done'
  /** No configuration was drawn that had not been tried: the space has hardly any others. */
  | 'exhausted';

/** A method of search: what to run next is a function of what was run, so a search resumes by its history alone. */
export interface Search {
  readonly next: (finished: readonly FinishedRound[]) => Round | SearchEnd;
  /** The rounds whose trials may still go on, so that their checkpoints are needed. */
  readonly open: (finished: readonly FinishedRound[]) => readonly FinishedRound[];
  /** Rounds and epochs of the whole search, if none fails and the space has enough configurations. */
  readonly planned: { readonly rounds: number; readonly epochs: number };
}

/** Draws of a configuration that may be one tried before, besides the first; then the search ends (as KerasTuner). */
const MAX_COLLISIONS = 20;

/** A configuration for trial `id` that none of the tried ones equals; undefined when none is found. */
export function drawValues(space: SearchSpace, tried: readonly Values[], trialRng: Rng): Values | undefined {
  const known = new Set(tried.map((values) => JSON.stringify(values)));
  for (let collisions = 0; collisions <= MAX_COLLISIONS; collisions++) {
    const values = Object.fromEntries(
      Object.entries(space).map(([path, dimension]) => [path, sampleDimension(dimension, trialRng)]),
    );
    if (!known.has(JSON.stringify(values))) return values;
  }
  return undefined;
}

/** The configurations of first rounds, by trial. */
export function triedValues(finished: readonly FinishedRound[]): readonly Values[] {
  return finished.filter(({ round }) => round === 0).map(({ trial }) => trial.values);
}
