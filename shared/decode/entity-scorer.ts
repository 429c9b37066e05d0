import { atOnce, type Steps } from '../event-loop/steps.ts';
import { confidencesOf, type Confidences } from './confidences.ts';
import { bioConstraints, continuations } from './constraints.ts';
import { checkChain, WORDS_PER_STEP, type Scores } from './linear-chain.ts';
import { entityProbability, forwardBackward, type EntityOnPath } from './marginals.ts';
import {
  fillScaled,
  roomFor,
  weighHead,
  type ChainWeights,
  type EmissionRows,
  type ScaledLattice,
} from './scaled-chain.ts';

/** The head of a model, and how sure it may sound. */
export interface EntityScorerOptions {
  /** Label names; index = column of the emissions. */
  readonly labels: readonly string[];
  readonly start: Scores; // [L]
  readonly end: Scores; // [L]
  readonly transitions: Scores; // [L, L] (from, to)
  /** Divides emissions and head scores; default 1. */
  readonly temperature?: number;
}

/** A decoded sentence whose entities are to be scored. */
export interface DecodedSentence extends EmissionRows {
  /** The labels that Viterbi chose under the BIO constraints. */
  readonly path: ArrayLike<number>; // [T]
  /** Entities on the path, half-open over words. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

export interface EntityScorer {
  /**
   * The probability of each span, in the order of `spans`: `entityProbability` under the BIO constraints. A sentence
   * without spans costs nothing.
   *
   * @throws {E_SHAPE_MISMATCH} when array sizes do not fit `length` and the labels.
   */
  score(sentence: DecodedSentence): number[];
  /** `score` in steps, for sentences of many thousand words. */
  scoreSteps(sentence: DecodedSentence): Steps<number[]>;
  /**
   * The same, and the probability of each word's tag: `confidencesOf`.
   *
   * @throws {E_SHAPE_MISMATCH} when array sizes do not fit `length` and the labels.
   */
  confidences(sentence: DecodedSentence): Confidences;
}

/**
 * Scores entities fast enough for the tagging path: forward-backward in linear space with the head's weights computed
 * once. The same quantity as `entityProbability`, to float64 rounding; where the weights would underflow, that
 * function is called.
 *
 * @throws {E_LABEL_UNKNOWN} when a label is not a BIO tag.
 * @throws {E_SHAPE_MISMATCH} when the head is not of the size of the labels.
 */
export function createEntityScorer(options: EntityScorerOptions): EntityScorer {
  const { start, end, transitions, temperature = 1 } = options;
  const constraints = bioConstraints(options.labels);
  const continuation = continuations(options.labels);
  const head = { labels: options.labels.length, start, end, transitions, constraints };
  checkChain('createEntityScorer', { ...head, emissions: new Float32Array(0), length: 0 });
  const weights = weighHead(head, constraints, temperature);
  let lattice = roomFor(0, head.labels);

  const inLogSpace = ({ path, spans, ...rows }: DecodedSentence): number[] => {
    const exact = forwardBackward({ ...head, ...rows }, { temperature });
    return spans.map((span) => entityProbability(exact, { ...span, path, continuation }));
  };
  function* scoreSteps(sentence: DecodedSentence): Steps<number[]> {
    const { path, spans, length } = sentence;
    if (spans.length === 0) return [];
    checkChain('score', { ...head, ...sentence });
    // What takes several steps may be overtaken, so it gets memory of its own.
    const isLong = length > WORDS_PER_STEP;
    if (!isLong) lattice = roomFor(length, head.labels, lattice);
    const filled = isLong ? roomFor(length, head.labels) : lattice;
    if (!(yield* fillScaled(weights, filled, sentence))) return inLogSpace(sentence);
    const scores = spans.map(({ start: from, end: to }) =>
      scaledProbability(weights, filled, { path, start: from, end: to, length, continuation }),
    );
    // A label that is hopeless from the left and certain from the right can overflow.
    if (!scores.every(Number.isFinite)) return inLogSpace(sentence);
    // Rounding may carry a certain entity past 1.
    return scores.map((score) => Math.min(1, score));
  }
  return {
    score: (sentence) => atOnce(scoreSteps(sentence)),
    scoreSteps,
    confidences: (sentence) => {
      const { path, spans, length, ...rows } = sentence;
      checkChain('confidences', { ...head, ...sentence });
      const exact = (): Confidences =>
        confidencesOf({ ...head, ...rows, length }, { path, spans, continuation, temperature });
      lattice = roomFor(length, head.labels, lattice);
      if (length === 0 || !atOnce(fillScaled(weights, lattice, sentence))) return exact();
      const { alpha, beta } = lattice;
      const words = Array.from(path, (y, t) => alpha[t * head.labels + y]! * beta[t * head.labels + y]!);
      const entities = spans.map(({ start: from, end: to }) =>
        scaledProbability(weights, lattice, { path, start: from, end: to, length, continuation }),
      );
      if (![...words, ...entities].every(Number.isFinite)) return exact();
      const atMostOne = (probability: number): number => Math.min(1, probability);
      return { words: words.map(atMostOne), entities: entities.map(atMostOne) };
    },
  };
}

/**
 * The product of `entityProbability`, each factor divided by the step it belongs to. On a path that keeps the BIO rules
 * an entity begins with B-x, so nothing before it can have begun it.
 */
function scaledProbability(
  weights: ChainWeights,
  { psi, alpha, beta, step }: ScaledLattice,
  { path, start, end, length, continuation }: EntityOnPath & { readonly length: number },
): number {
  const { labels, transitions } = weights;
  const head = path[start]!;
  const last = path[end - 1]!;
  let probability = start === 0 ? weights.start[head]! : 0;
  for (let from = 0; start > 0 && from < labels; from++) {
    probability += alpha[(start - 1) * labels + from]! * transitions[from * labels + head]!;
  }
  probability *= psi[start * labels + head]! / step[start]!;
  for (let t = start + 1; t < end; t++) {
    const weight = transitions[path[t - 1]! * labels + path[t]!]! * psi[t * labels + path[t]!]!;
    probability *= weight / step[t]!;
  }
  if (end === length) return (probability * weights.end[last]!) / step[length]!;
  let rest = 0;
  for (let to = 0; to < labels; to++) {
    if (to === continuation[last]) continue;
    rest += transitions[last * labels + to]! * psi[end * labels + to]! * beta[end * labels + to]!;
  }
  return (probability * rest) / step[end]!;
}
