import { NerError } from '../ner-error.ts';
import type { Constraints } from './constraints.ts';

/** Words after which a decoder that works in steps pauses: about a millisecond of work with twenty labels. */
export const WORDS_PER_STEP = 512;

/** Scores by label; one kind of array throughout a process is fastest. */
export type Scores = Float64Array | Float32Array | readonly number[];

/**
 * One sentence under a linear-chain CRF, in log space. A path y scores
 * `start[y_0] + sum_t emissions[t, y_t] + sum_t transitions[y_(t-1), y_t] + end[y_(T-1)]` (Lample et al. 2016, eq. 1,
 * https://arxiv.org/abs/1603.01360). A head without transitions is a chain whose start, end and transitions are 0.
 *
 * Shapes: emissions [T, L] from `offset` on, row-major; start, end [L]; transitions [L, L] (from, to).
 */
export interface LinearChain {
  readonly emissions: Float32Array;
  /** Index of the sentence's first emission; 0 unless told otherwise. */
  readonly offset?: number;
  /** Words, T. */
  readonly length: number;
  /** Labels, L. */
  readonly labels: number;
  readonly start: Scores;
  readonly end: Scores;
  readonly transitions: Scores;
  /** Which tag may follow which; without it every sequence is allowed. */
  readonly constraints?: Constraints | undefined;
}

/**
 * Throws unless the arrays have the sizes that `length` and `labels` say.
 *
 * @throws {E_SHAPE_MISMATCH}
 */
export function checkChain(caller: string, chain: LinearChain): void {
  const { emissions, offset = 0, length, labels, constraints } = chain;
  if (!(Number.isInteger(length) && length >= 0 && Number.isInteger(labels) && labels > 0)) {
    throw mismatch(caller, 'length and labels', `${length} and ${labels}`, 'whole numbers, labels at least 1');
  }
  if (!(Number.isInteger(offset) && offset >= 0 && offset + length * labels <= emissions.length)) {
    const needed = `[${length}, ${labels}] from offset ${offset}`;
    throw mismatch(caller, 'emissions', `${emissions.length} numbers`, `at least ${needed}`);
  }
  expectSize(caller, ['start', chain.start.length, labels]);
  expectSize(caller, ['end', chain.end.length, labels]);
  expectSize(caller, ['transitions', chain.transitions.length, labels * labels]);
  if (constraints !== undefined) expectSize(caller, ['constraints', constraints.start.length, labels]);
}

function expectSize(caller: string, [name, size, expected]: readonly [string, number, number]): void {
  if (size !== expected) throw mismatch(caller, name, `${size} entries`, `${expected}`);
}

function mismatch(caller: string, name: string, got: string, expected: string): NerError {
  return new NerError(
    'E_SHAPE_MISMATCH',
    `${caller}: ${name} of the wrong size, got ${got}; expected ${expected}. ` +
      'Pass the emissions and the head of the same model.',
  );
}
