import { div, maximum, reduceSum, type Tensor, type Tensors } from '../engine/index.ts';
import { crfLoss } from '../heads/crf.ts';
import type { LabelledBatch } from './labelled-batch.ts';

/**
 * Negative log-likelihood of the gold tags under the CRF of `p`, per word: see `crfLoss`.
 *
 * Shapes: a scalar, float32 [].
 */
export function crfLikelihood(p: Tensors, batch: LabelledBatch): Tensor {
  return div(crfLoss(p, batch), maximum(reduceSum(batch.mask), 1)); // []
}
