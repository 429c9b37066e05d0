import type { Steps } from '../event-loop/steps.ts';
import type { Constraints } from './constraints.ts';
import { WORDS_PER_STEP, type Scores } from './linear-chain.ts';

/** The head of a chain in linear space, forbidden places 0. */
export interface ChainWeights {
  readonly labels: number;
  readonly temperature: number;
  readonly start: Float64Array; // [L]
  readonly end: Float64Array; // [L]
  readonly transitions: Float64Array; // [L, L] (from, to)
  readonly rules: Constraints;
}

/** Forward-backward of one sentence in linear space. Reused: it grows to the longest sentence. */
export interface ScaledLattice {
  /** exp of the emissions, each row divided by its largest. */
  readonly psi: Float64Array; // [T, L]
  /** The weight of beginnings that end with a label; rows add up to 1. */
  readonly alpha: Float64Array; // [T, L]
  /** The weight of what follows, scaled so that alpha * beta is the probability of a tag. */
  readonly beta: Float64Array; // [T, L]
  /** What each row of alpha was divided by; entry T belongs to the end scores. Their product is the partition sum. */
  readonly step: Float64Array; // [T + 1]
}

/** The emissions of one sentence, row-major from `offset` on. */
export interface EmissionRows {
  readonly emissions: Float32Array; // [T, L]
  readonly offset?: number;
  readonly length: number;
}

/**
 * A step may shrink all weights this far and no further: far above the smallest float64 (1e-308), so that what
 * underflowed beside them could not have mattered.
 */
const SMALLEST_STEP = 1e-100;

/**
 * exp of the head's scores, each of the three arrays divided by its largest weight so that none overflows. A factor
 * common to all paths cancels in every probability.
 */
export function weighHead(
  head: { readonly start: Scores; readonly end: Scores; readonly transitions: Scores },
  rules: Constraints,
  temperature: number,
): ChainWeights {
  const labels = head.start.length;
  const transitions = new Float64Array(labels * labels); // [L, L] (from, to)
  const weights = exponentials(head.transitions, temperature);
  for (let to = 0; to < labels; to++) {
    for (const from of rules.predecessors.subarray(rules.first[to], rules.first[to + 1])) {
      transitions[from * labels + to] = weights[from * labels + to]!;
    }
  }
  const start = exponentials(head.start, temperature).map((weight, y) => weight * rules.start[y]!); // [L]
  return { labels, temperature, start, end: exponentials(head.end, temperature), transitions, rules };
}

/** Room for a sentence of `length` words, taken from `lattice` when that is large enough. */
export function roomFor(length: number, labels: number, lattice?: ScaledLattice): ScaledLattice {
  if (lattice !== undefined && lattice.step.length > length) return lattice;
  const matrix = (): Float64Array => new Float64Array(length * labels);
  return { psi: matrix(), alpha: matrix(), beta: matrix(), step: new Float64Array(length + 1) };
}

/**
 * Fills the lattice by forward-backward with scaling (Rabiner 1989, section V.A), in steps of WORDS_PER_STEP words. False
 * when a step underflows or is not a number: then the log-space version has to be used.
 */
export function* fillScaled(weights: ChainWeights, lattice: ScaledLattice, rows: EmissionRows): Steps<boolean> {
  const { length } = rows;
  for (let start = 0; start < length; start += WORDS_PER_STEP) {
    if (start > 0) yield;
    const words = [start, Math.min(length, start + WORDS_PER_STEP)] as const;
    exponentiate(weights, lattice, { ...rows, words });
    if (!forward(weights, lattice, words)) return false;
  }
  if (!end(weights, lattice, length)) return false;
  for (let stop = length; stop > 0; stop -= WORDS_PER_STEP) {
    if (stop < length) yield;
    backward(weights, lattice, { words: [Math.max(0, stop - WORDS_PER_STEP), stop], length });
  }
  return true;
}

/** Words [from, to) of a sentence. */
type WordRange = readonly [from: number, to: number];

function exponentials(scores: Scores, temperature: number): Float64Array {
  const out = Float64Array.from(scores);
  const largest = out.reduce((a, b) => Math.max(a, b), -Infinity);
  return out.map((score) => Math.exp((score - largest) / temperature));
}

function exponentiate(
  { labels, temperature }: ChainWeights,
  { psi }: ScaledLattice,
  { emissions, offset = 0, words: [from, to] }: EmissionRows & { readonly words: WordRange },
): void {
  for (let row = from * labels; row < to * labels; row += labels) {
    let largest = -Infinity;
    for (let y = 0; y < labels; y++) {
      const emission = emissions[offset + row + y]!;
      if (emission > largest) largest = emission;
    }
    for (let y = 0; y < labels; y++) psi[row + y] = Math.exp((emissions[offset + row + y]! - largest) / temperature);
  }
}

function forward(weights: ChainWeights, { psi, alpha, step }: ScaledLattice, [from, to]: WordRange): boolean {
  const { labels, start, transitions, rules } = weights;
  const { first, predecessors } = rules;
  for (let t = from; t < to; t++) {
    const row = t * labels;
    let total = 0;
    for (let y = 0; y < labels; y++) {
      let weight = 0;
      if (t === 0) weight = start[y]!;
      else {
        for (let i = first[y]!; i < first[y + 1]!; i++) {
          const x = predecessors[i]!;
          weight += alpha[row - labels + x]! * transitions[x * labels + y]!;
        }
      }
      weight *= psi[row + y]!;
      alpha[row + y] = weight;
      total += weight;
    }
    // Written so that NaN stops here too.
    if (!(total > SMALLEST_STEP)) return false;
    for (let i = row; i < row + labels; i++) alpha[i] = alpha[i]! / total;
    step[t] = total;
  }
  return true;
}

function end(weights: ChainWeights, { alpha, step }: ScaledLattice, length: number): boolean {
  const { labels } = weights;
  let total = 0;
  for (let y = 0; y < labels; y++) total += alpha[(length - 1) * labels + y]! * weights.end[y]!;
  step[length] = total;
  return total > SMALLEST_STEP;
}

function backward(
  weights: ChainWeights,
  { psi, beta, step }: ScaledLattice,
  { words: [from, to], length }: { readonly words: WordRange; readonly length: number },
): void {
  const { labels, transitions, rules } = weights;
  const { first, predecessors } = rules;
  for (let t = to - 1; t >= from; t--) {
    const row = t * labels;
    if (t === length - 1) {
      for (let y = 0; y < labels; y++) beta[row + y] = weights.end[y]! / step[length]!;
      continue;
    }
    beta.fill(0, row, row + labels);
    for (let y = 0; y < labels; y++) {
      const next = row + labels + y;
      const weight = (psi[next]! * beta[next]!) / step[t + 1]!;
      for (let i = first[y]!; i < first[y + 1]!; i++) {
        const x = predecessors[i]!;
        beta[row + x] = beta[row + x]! + transitions[x * labels + y]! * weight;
      }
    }
  }
}
