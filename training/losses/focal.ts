import {
  div,
  exp,
  mul,
  neg,
  oneHot,
  reduceLogSumExp,
  reduceSum,
  softplus,
  sub,
  unsqueeze,
  type Tensor,
} from '../engine/index.ts';
import { labelWeights, totalWeight, validPositions, type LabelledBatch } from './labelled-batch.ts';

export interface FocalSigmoidOptions {
  /** What the right label counts against the wrong ones, which count 1 - alpha. 0: both count 1, as in tfa. Default .25. */
  readonly alpha?: number;
  /** How much positions that are right already are made light of; 0: not at all. Default 2. */
  readonly gamma?: number;
}

/**
 * Focal loss of a yes-or-no question for each label (Lin et al. 2017, Focal Loss for Dense Object Detection,
 * https://arxiv.org/abs/1708.02002), as SigmoidFocalCrossEntropy(from_logits=True) of tensorflow addons 0.23 over one-hot
 * labels, summed over the labels; then a mean over the labelled positions:
 *
 *     loss = sum_t sum_c a (1 - p)^gamma (-log p) / (number of t),   p = sigmoid(x) and a = alpha     where c is y_t
 *                                                                    p = sigmoid(-x) and a = 1 - alpha elsewhere
 *
 * Shapes: a scalar, float32 [].
 */
export function focalSigmoid(batch: LabelledBatch, { alpha = 0.25, gamma = 2 }: FocalSigmoidOptions = {}): Tensor {
  const { emissions, tags } = batch;
  const valid = validPositions(batch); // [B, W]
  const gold = oneHot(tags, emissions.shape[2] as number); // [B, W, L]
  const right = mul(emissions, sub(mul(gold, 2), 1)); // [B, W, L], the score of the right answer
  const terms = focalTerm(right, gamma); // [B, W, L]
  const weighted = alpha === 0 ? terms : mul(terms, sub(1 - alpha, mul(gold, 1 - 2 * alpha))); // [B, W, L]
  return div(reduceSum(mul(weighted, unsqueeze(valid, -1))), totalWeight(valid)); // []
}

export interface FocalSoftmaxOptions {
  /** What a position of each label counts (alpha in the paper), [L]. Default: all 1. */
  readonly classWeights?: readonly number[] | undefined;
  /** How much positions that are right already are made light of; 0: not at all, which is cross-entropy. Default 2. */
  readonly gamma?: number;
}

/** Takes the gold label out of a sum of exponentials: far below any score, and finite. */
const TAKEN_OUT = 1e4;

/**
 * Focal loss of one question with L answers: cross-entropy in which a position weighs the less, the surer it is (Lin et
 * al. 2017 with softmax for sigmoid), a weighted mean like cross-entropy:
 *
 *     loss = sum_t w[y_t] (1 - p_t)^gamma (-log p_t) / sum_t w[y_t],   p_t = softmax(emissions_t)[y_t]
 *
 * By the lead of the gold label's score over the others together, p_t is a sigmoid:
 *
 *     p_t = sigmoid(lead),   lead = x[y_t] - log sum_(c not y_t) exp x[c]
 *
 * so that neither 1 - p nor log p has to be made of a p that is rounded to 1 or 0.
 *
 * Shapes: a scalar, float32 []; L is at least 2.
 */
export function focalSoftmax(batch: LabelledBatch, { classWeights, gamma = 2 }: FocalSoftmaxOptions = {}): Tensor {
  const { emissions, tags } = batch;
  const count = emissions.shape[2] as number;
  const gold = oneHot(tags, count); // [B, W, L]
  const own = reduceSum(mul(emissions, gold), { axes: [-1] }); // [B, W]
  const others = reduceLogSumExp(sub(emissions, mul(gold, TAKEN_OUT)), { axes: [-1] }); // [B, W]
  const ofLabel = reduceSum(mul(gold, labelWeights(count, classWeights)), { axes: [-1] }); // [B, W]
  const weights = mul(ofLabel, validPositions(batch)); // [B, W]
  return div(reduceSum(mul(focalTerm(sub(own, others), gamma), weights)), totalWeight(weights)); // []
}

/**
 * (1 - p)^gamma (-log p) with p = sigmoid(x), from two logarithms that are exact for every x: log(1 - p) = -softplus(x)
 * and log p = -softplus(-x).
 *
 * Shapes: x of any shape keeps it.
 */
function focalTerm(x: Tensor, gamma: number): Tensor {
  const nll = softplus(neg(x));
  return gamma === 0 ? nll : mul(exp(mul(softplus(x), -gamma)), nll);
}
