import { add, div, logSoftmax, mul, neg, oneHot, reduceSum, unsqueeze, type Tensor } from '../engine/index.ts';
import { labelWeights, totalWeight, validPositions, type LabelledBatch } from './labelled-batch.ts';

export interface CrossEntropyOptions {
  /** What a position of each label counts, [L]. Default: all 1. */
  readonly classWeights?: readonly number[] | undefined;
  /** Share of the target that goes to all labels alike, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
}

/**
 * Cross-entropy over the labelled positions, a weighted mean as torch.nn.functional.cross_entropy gives (without class
 * weights that is transformers' LabelSmoother, too):
 *
 *     loss = sum_t [ (1 - e) w[y_t] nll_t[y_t] + e / L sum_c w[c] nll_t[c] ] / sum_t w[y_t],   nll = -log softmax(emissions)
 *
 * Shapes: a scalar, float32 [].
 */
export function crossEntropy(
  batch: LabelledBatch,
  { classWeights, labelSmoothing: e = 0 }: CrossEntropyOptions = {},
): Tensor {
  const { emissions, tags } = batch;
  const count = emissions.shape[2] as number;
  const weights = labelWeights(count, classWeights); // [L]
  const valid = unsqueeze(validPositions(batch), -1); // [B, W, 1]
  const gold = mul(mul(oneHot(tags, count), weights), valid); // [B, W, L], zero where ignored
  const everywhere = mul(valid, weights); // [B, W, L]
  const target = e === 0 ? gold : add(mul(gold, 1 - e), mul(everywhere, e / count)); // [B, W, L]
  return div(neg(reduceSum(mul(logSoftmax(emissions, -1), target))), totalWeight(gold)); // []
}
