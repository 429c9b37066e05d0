import { add, div, exp, logSoftmax, maximum, mul, neg, oneHot, reduceSum, sub, unsqueeze } from '../engine/index.ts';
import type { Tensor, Tensors } from '../engine/index.ts';
import { crfLoss } from '../heads/crf.ts';
import { validPositions, type LabelledBatch } from './labelled-batch.ts';

/** Words that somebody has labelled, and what a teacher thinks of every word. */
export interface TaughtBatch extends LabelledBatch {
  /** Logarithms of the teacher's probabilities of each label, or its scores: float32 [B, W, L], finite. */
  readonly teacher: Tensor;
}

export interface DistillationOptions {
  /** Divides the scores of both, so that what the teacher holds for unlikely counts too; at least 1. */
  readonly temperature: number;
  /** What the teacher counts, from 0 to 1; the labels count the rest. */
  readonly teacherShare: number;
  /** How the words' labels are learned: each for itself, or as a sequence by the CRF of `p`. */
  readonly labels: 'cross-entropy' | 'crf';
}

/**
 * Distillation (Hinton et al. 2015, Distilling the Knowledge in a Neural Network, https://arxiv.org/abs/1503.02531),
 * word by word. With the student's emissions x, the teacher's scores z, the share a of the teacher and the temperature T:
 *
 *     loss = [ a T^2 sum_t KL(q_t || s_t) + (1 - a) sum_(t labelled) -log p(y_t) ] / number of words
 *     q_t = softmax(z_t / T),   s_t = softmax(x_t / T)
 *
 * KL has the gradient of the cross-entropy with q, and is 0 for a student that says what its teacher says. T^2 keeps the
 * size of its gradient whatever T is. A word without a label, whose tag is negative, is taught by the teacher alone; with
 * a CRF a sentence is labelled as a whole or not at all.
 *
 * Shapes: a scalar, float32 [].
 */
export function distillation(p: Tensors, batch: TaughtBatch, options: DistillationOptions): Tensor {
  const { temperature, teacherShare, labels } = options;
  const words = maximum(reduceSum(batch.mask), 1); // []
  const taught = mul(divergence(batch, temperature), teacherShare * temperature ** 2); // []
  const learned = labels === 'crf' ? sequenceLoss(p, batch) : wordLoss(batch); // []
  return div(add(taught, mul(learned, 1 - teacherShare)), words); // []
}

/** sum_t KL(q_t || s_t) over the words. Shapes: a scalar, float32 []. */
function divergence({ emissions, teacher, mask }: TaughtBatch, temperature: number): Tensor {
  const student = logSoftmax(mul(emissions, 1 / temperature), -1); // [B, W, L]
  const soft = logSoftmax(mul(teacher, 1 / temperature), -1); // [B, W, L]
  const terms = mul(exp(soft), sub(soft, student)); // [B, W, L]
  return reduceSum(mul(terms, unsqueeze(mask, -1))); // []
}

/** Sum of -log p(y_t) over the labelled words, each for itself. Shapes: a scalar, float32 []. */
function wordLoss(batch: LabelledBatch): Tensor {
  const { emissions, tags } = batch;
  const gold = mul(oneHot(tags, emissions.shape[2] as number), unsqueeze(validPositions(batch), -1)); // [B, W, L]
  return neg(reduceSum(mul(logSoftmax(emissions, -1), gold))); // []
}

/** Negative log-likelihood of the labelled sentences under the CRF. Shapes: a scalar, float32 []. */
function sequenceLoss(p: Tensors, batch: LabelledBatch): Tensor {
  return crfLoss(p, { ...batch, mask: validPositions(batch) }); // []
}
