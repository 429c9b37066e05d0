import {
  add,
  exp,
  log,
  matMul,
  mul,
  oneHot,
  pad,
  reduceLogSumExp,
  reduceMax,
  reduceSum,
  reshape,
  scan,
  slice,
  squeeze,
  sub,
  transpose,
  unsqueeze,
  type Tensor,
  type Tensors,
} from '../engine/index.ts';
import { zeros, type ParameterSpec } from '../nn/parameter.ts';

/** Scores of a linear-chain CRF over L labels: `crf.start` [L], `crf.end` [L], `crf.transitions` [L, L] (from, to). */
export function crfParameters(labels: number): readonly ParameterSpec[] {
  return [
    { name: 'crf.start', shape: [labels], init: zeros },
    { name: 'crf.end', shape: [labels], init: zeros },
    { name: 'crf.transitions', shape: [labels, labels], init: zeros },
  ];
}

export interface CrfBatch {
  /** Label scores of each word, float32 [B, T, L]; T is at least 2, because onnxruntime refuses a Scan of no steps. */
  readonly emissions: Tensor;
  /** Gold labels, int32 [B, T]; whatever stands in the padding is masked. */
  readonly tags: Tensor;
  /** 1 for words and 0 for padding, float32 [B, T]; padding is at the end, and a row may be all padding. */
  readonly mask: Tensor;
}

/**
 * Negative log-likelihood of the gold tags, summed over the batch:
 *
 *     score(y) = start[y_1] + sum_t emissions[t, y_t] + sum_t transitions[y_t-1, y_t] + end[y_n]
 *     loss     = log sum_y' exp score(y') - score(y)
 *
 * Lample et al. 2016, eq. 1 and 2, https://arxiv.org/abs/1603.01360. Every sequence of labels takes part, legal in BIO
 * or not: hard constraints belong to decoding. A row of padding adds nothing.
 *
 * Shapes: a scalar, float32 [].
 */
export function crfLoss(p: Tensors, batch: CrfBatch): Tensor {
  const mask = unsqueeze(batch.mask, -1); // [B, T, 1]
  return sub(logPartition(p, batch.emissions, mask), goldScore(p, batch, mask)); // []
}

/** The score of the gold tags, summed over the batch: how often each tag and pair occurs, times its score. */
function goldScore(p: Tensors, { emissions, tags }: CrfBatch, mask: Tensor): Tensor {
  const labels = emissions.shape[2] as number;
  const gold = mul(oneHot(tags, labels), mask); // [B, T, L], all zero in the padding
  const from = reshape(slice(gold, 1, [0, -1]), [-1, labels]); // [B*(T-1), L]
  const to = reshape(slice(gold, 1, [1]), [-1, labels]); // [B*(T-1), L]
  const pairs = matMul(transpose(from), to); // [L, L] (from, to)
  const first = reduceSum(slice(gold, 1, [0, 1]), { axes: [0, 1] }); // [L]
  // The last word is where the mask ends: the mask less the mask one place further on.
  const isLast = sub(mask, pad(slice(mask, 1, [1]), 1, [0, 1])); // [B, T, 1]
  const last = reduceSum(mul(gold, isLast), { axes: [0, 1] }); // [L]
  return [
    reduceSum(mul(emissions, gold)), // []
    reduceSum(mul(p['crf.transitions']!, pairs)), // []
    reduceSum(mul(p['crf.start']!, first)), // []
    reduceSum(mul(p['crf.end']!, last)), // []
  ].reduce((sum, term) => add(sum, term));
}

/** log sum over all label sequences of exp(score), summed over the rows of the batch, by the forward recursion. */
function logPartition(p: Tensors, emissions: Tensor, mask: Tensor): Tensor {
  const byTime = transpose(emissions, [1, 0, 2]); // [T, B, L]
  const maskByTime = transpose(mask, [1, 0, 2]); // [T, B, 1]
  const weights = exp(p['crf.transitions']!); // [L, L] (from, to)
  const { states } = scan(
    {
      states: { alpha: add(squeeze(slice(byTime, 0, [0, 1]), 0), p['crf.start']!) }, // [B, L]
      inputs: { emission: slice(byTime, 0, [1]), present: slice(maskByTime, 0, [1]) }, // [T-1, B, L], [T-1, B, 1]
    },
    ({ alpha }, { emission, present }) => {
      // log(exp(alpha) W) with the row's maximum taken out, so that nothing overflows.
      const top = reduceMax(alpha, { axes: [-1], keepDims: true }); // [B, 1]
      const reached = add(log(matMul(exp(sub(alpha, top)), weights)), top); // [B, L]
      const next = add(reached, emission); // [B, L]
      return { states: { alpha: add(alpha, mul(present, sub(next, alpha))) } }; // [B, L]
    },
  );
  const total = reduceLogSumExp(add(states.alpha, p['crf.end']!), { axes: [-1], keepDims: true }); // [B, 1]
  const occupied = squeeze(slice(maskByTime, 0, [0, 1]), 0); // [B, 1], 0 for a row of padding
  return reduceSum(mul(total, occupied)); // []
}
