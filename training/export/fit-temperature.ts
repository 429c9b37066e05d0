import type { LinearChain } from '../../shared/decode/linear-chain.ts';
import { forwardBackward } from '../../shared/decode/marginals.ts';

/** A dev sentence under the model, with its gold labels. */
export interface GoldChain {
  readonly chain: LinearChain;
  readonly gold: ArrayLike<number>;
}

/** Temperatures that are searched, as logarithms: a quarter to eight. */
const RANGE = [Math.log(0.25), Math.log(8)] as const;
/** Golden-section steps; each shrinks the interval to 0.618 of it, so twelve leave about 1 %. */
const STEPS = 12;
const GOLDEN = (Math.sqrt(5) - 1) / 2;

/**
 * The temperature that makes gold tags most likely: it divides all scores, changes no tag, and makes a score of 0.8
 * mean that four in five such entities are right, as far as one number can (Guo et al. 2017, On Calibration of Modern
 * Neural Networks, https://arxiv.org/abs/1706.04599, with the sequence likelihood of the CRF). Golden-section search:
 * the likelihood has one peak in log T.
 *
 * @returns the temperature, 1 when there are no sentences
 */
export function fitTemperature(sentences: readonly GoldChain[]): number {
  if (sentences.length === 0) return 1;
  const scored = sentences.map(({ chain, gold }) => ({ chain, score: pathScore(chain, gold) }));
  const loss = (logTemperature: number): number => {
    const temperature = Math.exp(logTemperature);
    return scored.reduce(
      (sum, { chain, score }) => sum + forwardBackward(chain, { temperature }).logPartition - score / temperature,
      0,
    );
  };
  let [low, high] = RANGE;
  let left = high - GOLDEN * (high - low);
  let right = low + GOLDEN * (high - low);
  let [lossLeft, lossRight] = [loss(left), loss(right)];
  for (let step = 0; step < STEPS; step++) {
    if (lossLeft < lossRight) {
      [high, right, lossRight] = [right, left, lossLeft];
      left = high - GOLDEN * (high - low);
      lossLeft = loss(left);
    } else {
      [low, left, lossLeft] = [left, right, lossRight];
      right = low + GOLDEN * (high - low);
      lossRight = loss(right);
    }
  }
  return Math.exp((low + high) / 2);
}

/** Score of one path, in log space. */
function pathScore(chain: LinearChain, path: ArrayLike<number>): number {
  const { emissions, offset = 0, length, labels, start, end, transitions } = chain;
  let score = start[path[0]!]! + end[path[length - 1]!]!;
  for (let t = 0; t < length; t++) {
    score += emissions[offset + t * labels + path[t]!]!;
    if (t > 0) score += transitions[path[t - 1]! * labels + path[t]!]!;
  }
  return score;
}
