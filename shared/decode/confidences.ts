import type { LinearChain } from './linear-chain.ts';
import { entityProbability, forwardBackward, tagProbabilities } from './marginals.ts';

/** How sure a model is of what it said about one sentence, in 0..1. */
export interface Confidences {
  /** `p(tag_t = the tag of the path)` for each word. */
  readonly words: readonly number[];
  /** `entityProbability` of each span, in their order. */
  readonly entities: readonly number[];
}

/** A decoded sentence, and the temperature at which its confidences are wanted. */
export interface DecodedPath {
  /** The labels that Viterbi chose under the chain's constraints. */
  readonly path: ArrayLike<number>; // [T]
  /** Entities on the path, half-open over words. */
  readonly spans: readonly { readonly start: number; readonly end: number }[];
  /** Of `continuations(labels)`. */
  readonly continuation: Int32Array; // [L]
  readonly temperature: number;
}

/**
 * The marginal probabilities of a decoded path, words and entities, from one forward-backward pass. With a linear head
 * the words are softmaxes under the BIO rules. In log space: `createEntityScorer` has the same, faster.
 *
 * @throws {E_SHAPE_MISMATCH} when the chain's sizes do not fit.
 */
export function confidencesOf(
  chain: LinearChain,
  { path, spans, continuation, temperature }: DecodedPath,
): Confidences {
  const lattice = forwardBackward(chain, { temperature });
  const tags = tagProbabilities(lattice); // [T, L]
  return {
    // Rounding may carry a certain word past 1.
    words: Array.from(path, (label, t) => Math.min(1, tags[t * chain.labels + label]!)),
    entities: spans.map((span) => entityProbability(lattice, { ...span, path, continuation })),
  };
}
