import { NerError } from '../../shared/ner-error.ts';
import type { Rng } from '../../shared/random.ts';
import { naturalLog } from './natural-log.ts';
import { drawValues, triedValues, type Search, type SearchEnd } from './search.ts';
import type { SearchSpace } from './space.ts';
import type { FinishedRound, Round } from './trial.ts';

export interface HyperbandOptions {
  readonly space: SearchSpace;
  /** Epochs of the trials that come furthest. */
  readonly maxEpochs: number;
  /** By how much a round has fewer trials, and more epochs, than the one before; at least 2. */
  readonly factor: number;
  /** Full sweeps over all brackets. */
  readonly iterations: number;
  readonly rng: Rng;
}

type Budget = Pick<HyperbandOptions, 'maxEpochs' | 'factor'>;

/** Brackets of a sweep, numbered from the one that only searches at random, 0, to the one that halves most. */
export function bracketCount({ maxEpochs, factor }: Budget): number {
  let count = 0;
  for (let epochs = maxEpochs; epochs >= 1; epochs /= factor) count += 1;
  return count;
}

/**
 * Trials in a round of a bracket. The logarithm is a quotient of floats and is not rounded: log(243, 3) is
 * 4.999999999999999 and decides here as it does in KerasTuner.
 */
export function roundSize({ maxEpochs, factor }: Budget, bracket: number, round: number): number {
  const last = Math.ceil(1 + naturalLog(maxEpochs) / naturalLog(factor)) / (bracket + 1);
  return Math.ceil(last * factor ** (bracket - round));
}

/** Epochs that the trials of a round have at its end. */
export function roundEpochs({ maxEpochs, factor }: Budget, bracket: number, round: number): number {
  return Math.ceil(maxEpochs / factor ** (bracket - round));
}

/**
 * Hyperband (Li et al. 2018, https://jmlr.org/papers/v18/16-558.html) as KerasTuner 1.4 has it: brackets from the one
 * that halves most to plain random search; a trial is promoted when its round has more finished trials not yet promoted
 * than it is to lose, the best first.
 *
 * @throws {E_USAGE} a number out of range
 */
export function createHyperband(options: HyperbandOptions): Search {
  checkOptions(options);
  return {
    next: (finished) => nextRound(options, finished),
    open: (finished) => openRounds(options, finished),
    planned: plannedRounds(options),
  };
}

function checkOptions({ maxEpochs, factor, iterations }: HyperbandOptions): void {
  for (const [name, value, least] of [
    ['maxEpochs', maxEpochs, 1],
    ['factor', factor, 2],
    ['iterations', iterations, 1],
  ] as const) {
    if (Number.isInteger(value) && value >= least) continue;
    throw new NerError('E_USAGE', `hyperband: ${name} is not a whole number of at least ${least}, got ${value}.`);
  }
}

function nextRound(options: HyperbandOptions, finished: readonly FinishedRound[]): Round | SearchEnd {
  for (let sweep = 0; sweep < options.iterations; sweep++) {
    for (let bracket = bracketCount(options) - 1; bracket >= 0; bracket--) {
      const next = nextOfBracket(options, finished, { sweep, bracket });
      if (next !== 'done') return next;
    }
  }
  return 'done';
}

interface BracketPlace {
  readonly sweep: number;
  readonly bracket: number;
}

function nextOfBracket(
  options: HyperbandOptions,
  finished: readonly FinishedRound[],
  place: BracketPlace,
): Round | SearchEnd {
  const { sweep, bracket } = place;
  const own = finished.filter((round) => round.sweep === sweep && round.bracket === bracket);
  const ofRound = (round: number): readonly FinishedRound[] => own.filter((row) => row.round === round);
  const epochs = (round: number): number => (round < 0 ? 0 : roundEpochs(options, bracket, round));
  const common = (round: number): Omit<Round, 'trial'> => ({
    number: finished.length + 1,
    ...place,
    round,
    fromEpoch: epochs(round - 1),
    toEpoch: epochs(round),
    last: round === bracket,
  });
  if (ofRound(0).length < roundSize(options, bracket, 0)) {
    const tried = triedValues(finished);
    const id = tried.length + 1;
    const values = drawValues(options.space, tried, options.rng.fork(`trial ${id}`));
    return values === undefined ? 'exhausted' : { ...common(0), trial: { id, values } };
  }
  for (let round = 1; round <= bracket; round++) {
    const promoted = new Set(ofRound(round).map(({ trial }) => trial.id));
    const candidates = ofRound(round - 1).filter(({ trial, score }) => score !== null && !promoted.has(trial.id));
    const lost = roundSize(options, bracket, round - 1) - roundSize(options, bracket, round);
    if (candidates.length <= lost) continue;
    // The sort is stable: of equal scores the earliest is promoted.
    const [best] = candidates.toSorted((a, b) => b.score! - a.score!);
    return { ...common(round), trial: best!.trial };
  }
  return 'done';
}

/** Of the bracket that the last round belongs to: those whose next round still has room. */
function openRounds(options: HyperbandOptions, finished: readonly FinishedRound[]): readonly FinishedRound[] {
  const current = finished.at(-1);
  const own = finished.filter(({ sweep, bracket }) => sweep === current?.sweep && bracket === current?.bracket);
  return own.filter(({ trial, round, score, last }) => {
    if (score === null || last) return false;
    const next = own.filter((other) => other.round === round + 1);
    const promoted = next.some((other) => other.trial.id === trial.id);
    return !promoted && next.length < roundSize(options, current!.bracket!, round + 1);
  });
}

function plannedRounds(options: HyperbandOptions): Search['planned'] {
  let rounds = 0;
  let epochs = 0;
  for (let bracket = bracketCount(options) - 1; bracket >= 0; bracket--) {
    for (let round = 0; round <= bracket; round++) {
      const size = roundSize(options, bracket, round);
      const before = round === 0 ? 0 : roundEpochs(options, bracket, round - 1);
      rounds += size;
      epochs += size * (roundEpochs(options, bracket, round) - before);
    }
  }
  return { rounds: rounds * options.iterations, epochs: epochs * options.iterations };
}
