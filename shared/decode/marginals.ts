import { noConstraints } from './constraints.ts';
import { checkChain, type LinearChain, type Scores } from './linear-chain.ts';

/** What forward-backward knows of a sentence: all in log space, all divided by the temperature. */
export interface Lattice {
  readonly length: number;
  readonly labels: number;
  readonly emissions: Float64Array; // [T, L]
  readonly start: Float64Array; // [L]
  readonly end: Float64Array; // [L]
  readonly transitions: Float64Array; // [L, L] (from, to)
  /** log of the summed weight of all beginnings that end with label y at word t, its emission included. */
  readonly alpha: Float64Array; // [T, L]
  /** log of the summed weight of all that follows label y at word t, its own emission left out. */
  readonly beta: Float64Array; // [T, L]
  /** log of the summed weight of all paths; 0 for a sentence of no words. */
  readonly logPartition: number;
}

export interface ForwardBackwardOptions {
  /**
   * Divides every score, so that `p(y)` is proportional to `exp(score(y) / temperature)`: above 1 the model is less
   * sure, below 1 surer. Fitted on dev data. Default 1.
   */
  readonly temperature?: number;
}

/** An entity on a path, half-open over words. */
export interface EntityOnPath {
  readonly path: ArrayLike<number>; // [T]
  readonly start: number;
  readonly end: number;
  /** Of `continuations(labels)`. */
  readonly continuation: Int32Array; // [L]
}

/**
 * Forward-backward in log space and float64 (Lafferty et al. 2001). With constraints the probabilities are those of
 * the allowed sequences only and add up to 1 over them: pass the constraints that the decoder uses, so that a score
 * is the probability under the distribution the path was chosen from.
 *
 * @throws {E_SHAPE_MISMATCH} when array sizes do not fit `length` and `labels`.
 */
export function forwardBackward(chain: LinearChain, { temperature = 1 }: ForwardBackwardOptions = {}): Lattice {
  checkChain('forwardBackward', chain);
  const { length, labels, offset = 0 } = chain;
  const emissions = chain.emissions.subarray(offset, offset + length * labels);
  const { start, transitions } = constrained(chain);
  const scale = (scores: Scores): Float64Array => Float64Array.from(scores, (score) => score / temperature);
  const potentials = {
    length,
    labels,
    emissions: scale(emissions),
    start: scale(start),
    end: scale(chain.end),
    transitions: scale(transitions),
  };
  const alpha = forward(potentials);
  const beta = backward(potentials);
  const last = (length - 1) * labels;
  const logPartition = length === 0 ? 0 : logSumExp(labels, (y) => alpha[last + y]! + potentials.end[y]!);
  return { ...potentials, alpha, beta, logPartition };
}

/** `p(tag_t = y)` for every word and label: `exp(alpha + beta - logPartition)`. Rows add up to 1. Shape [T, L]. */
export function tagProbabilities({ alpha, beta, logPartition }: Lattice): Float64Array {
  return alpha.map((score, i) => Math.exp(score + beta[i]! - logPartition));
}

/**
 * The probability that the tags of the words `start` to `end - 1` are those of the path **and** that they are a whole
 * entity: the word before does not begin it (matters only for an orphan I-x) and the word after does not go on with
 * it. This is the confidence of an entity: the summed probability of all sequences that contain it in this form.
 */
export function entityProbability(lattice: Lattice, { path, start, end, continuation }: EntityOnPath): number {
  const { length, labels, emissions, transitions, alpha, beta, logPartition } = lattice;
  const firstLabel = path[start]!;
  const lastLabel = path[end - 1]!;
  const before = (y: number): number =>
    continuation[y] === firstLabel
      ? -Infinity
      : alpha[(start - 1) * labels + y]! + transitions[y * labels + firstLabel]!;
  const after = (y: number): number =>
    continuation[lastLabel] === y
      ? -Infinity
      : transitions[lastLabel * labels + y]! + emissions[end * labels + y]! + beta[end * labels + y]!;

  let score = start === 0 ? lattice.start[firstLabel]! : logSumExp(labels, before);
  score += emissions[start * labels + firstLabel]!;
  for (let t = start + 1; t < end; t++) {
    score += transitions[path[t - 1]! * labels + path[t]!]! + emissions[t * labels + path[t]!]!;
  }
  score += end === length ? lattice.end[lastLabel]! : logSumExp(labels, after);
  // Rounding may carry a certain entity past 1.
  return Math.min(1, Math.exp(score - logPartition));
}

type Potentials = Omit<Lattice, 'alpha' | 'beta' | 'logPartition'>;

/** alpha[0, y] = start[y] + e[0, y];  alpha[t, y] = logsumexp over x of alpha[t-1, x] + T[x, y], plus e[t, y]. */
function forward({ length, labels, emissions, start, transitions }: Potentials): Float64Array {
  const alpha = new Float64Array(length * labels); // [T, L]
  for (let t = 0; t < length; t++) {
    for (let to = 0; to < labels; to++) {
      const before = (from: number): number => alpha[(t - 1) * labels + from]! + transitions[from * labels + to]!;
      alpha[t * labels + to] = (t === 0 ? start[to]! : logSumExp(labels, before)) + emissions[t * labels + to]!;
    }
  }
  return alpha;
}

/** beta[T-1, x] = end[x];  beta[t, x] = logsumexp over y of T[x, y] + e[t+1, y] + beta[t+1, y]. */
function backward({ length, labels, emissions, end, transitions }: Potentials): Float64Array {
  const beta = new Float64Array(length * labels); // [T, L]
  for (let t = length - 1; t >= 0; t--) {
    const next = (t + 1) * labels;
    for (let from = 0; from < labels; from++) {
      const after = (to: number): number => transitions[from * labels + to]! + emissions[next + to]! + beta[next + to]!;
      beta[t * labels + from] = t === length - 1 ? end[from]! : logSumExp(labels, after);
    }
  }
  return beta;
}

/** Start and transition scores with minus infinity where the constraints forbid. */
function constrained(chain: LinearChain): { start: Float64Array; transitions: Float64Array } {
  const { labels } = chain;
  const { start: mayStart, first, predecessors } = chain.constraints ?? noConstraints(labels);
  const start = Float64Array.from(chain.start, (score, y) => (mayStart[y] === 1 ? score : -Infinity)); // [L]
  const transitions = new Float64Array(labels * labels).fill(-Infinity); // [L, L] (from, to)
  for (let to = 0; to < labels; to++) {
    for (const from of predecessors.subarray(first[to], first[to + 1])) {
      transitions[from * labels + to] = chain.transitions[from * labels + to]!;
    }
  }
  return { start, transitions };
}

/** log of the sum of exp(score(y)), shifted by the largest; minus infinity when all of them are. */
function logSumExp(labels: number, score: (y: number) => number): number {
  let largest = -Infinity;
  for (let y = 0; y < labels; y++) largest = Math.max(largest, score(y));
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (let y = 0; y < labels; y++) sum += Math.exp(score(y) - largest);
  return largest + Math.log(sum);
}
