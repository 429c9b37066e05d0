import {
  add,
  cast,
  constant,
  div,
  float32,
  greaterOrEqual,
  logSoftmax,
  maximum,
  mul,
  neg,
  oneHot,
  reduceSum,
  unsqueeze,
  type Tensor,
} from '../engine/index.ts';

export interface CrossEntropyBatch {
  /** Float32 [B, T, L]. */
  readonly logits: Tensor;
  /** Int32 [B, T]; negative ones (-100 in transformers) are ignored, as if masked. */
  readonly labels: Tensor;
  /** 1 for tokens and 0 for padding, float32 [B, T]. */
  readonly mask: Tensor;
}

export interface CrossEntropyOptions {
  /** What a token of each label counts, [L]. Default: all 1. */
  readonly classWeights?: readonly number[];
  /** Share of the target that goes to all labels alike, in [0, 1). Default 0. */
  readonly labelSmoothing?: number;
}

/** Of a batch without any label the loss is 0, not 0 / 0. */
const NO_WEIGHT = 1e-12;

/**
 * Cross-entropy over the labelled tokens, a weighted mean as torch.nn.functional.cross_entropy gives (without class
 * weights that is transformers' LabelSmoother, too):
 *
 *     loss = sum_t [ (1 - e) w[y_t] nll_t[y_t] + e / L sum_c w[c] nll_t[c] ] / sum_t w[y_t],   nll = -log softmax(logits)
 *
 * Shapes: a scalar, float32 [].
 */
export function crossEntropy(
  { logits, labels, mask }: CrossEntropyBatch,
  { classWeights, labelSmoothing: e = 0 }: CrossEntropyOptions = {},
): Tensor {
  const count = logits.shape[2] as number;
  const weights = constant(float32(count), classWeights ?? new Array<number>(count).fill(1)); // [L]
  const valid = unsqueeze(mul(cast(greaterOrEqual(labels, 0), 'float32'), mask), -1); // [B, T, 1]
  const gold = mul(mul(oneHot(labels, count), weights), valid); // [B, T, L], zero where ignored
  const total = maximum(reduceSum(gold), NO_WEIGHT); // []
  const everywhere = mul(valid, weights); // [B, T, L]
  const target = e === 0 ? gold : add(mul(gold, 1 - e), mul(everywhere, e / count)); // [B, T, L]
  return div(neg(reduceSum(mul(logSoftmax(logits, -1), target))), total); // []
}
