import { cast, constant, float32, greaterOrEqual, maximum, mul, reduceSum, type Tensor } from '../engine/index.ts';

/** Scores of the labelled positions of a batch, and what they should have been. */
export interface LabelledBatch {
  /** A score for each label, float32 [B, W, L]. */
  readonly emissions: Tensor;
  /** Labels, int32 [B, W]. Negative ones (-100 in transformers) are ignored, as if masked; a CRF's are not negative. */
  readonly tags: Tensor;
  /** 1 for words and 0 for padding, float32 [B, W]. */
  readonly mask: Tensor;
}

/** 1 where a position counts: not masked, and its label not negative. Shapes: [B, W]. */
export function validPositions({ tags, mask }: LabelledBatch): Tensor {
  return mul(cast(greaterOrEqual(tags, 0), 'float32'), mask); // [B, W]
}

/** One number for each label, [L]. Default: all 1. */
export function labelWeights(labels: number, weights?: readonly number[]): Tensor {
  return constant(float32(labels), weights ?? new Array<number>(labels).fill(1)); // [L]
}

/** Of a batch without any label a mean is 0, not 0 / 0. */
const NO_WEIGHT = 1e-12;

/** What a mean divides by. Shapes: weights of any shape give []. */
export function totalWeight(weights: Tensor): Tensor {
  return maximum(reduceSum(weights), NO_WEIGHT); // []
}
