import {
  add,
  matMul,
  matMulTransposed,
  mul,
  reshape,
  softmax,
  sub,
  transpose,
  unsqueeze,
  type Tensor,
  type Tensors,
} from '../engine/index.ts';
import { dense, denseParameters } from './dense.ts';
import { dropout, type DropoutSource } from './dropout.ts';
import type { Initializer, ParameterSpec } from './parameter.ts';

/** Parameters of the layers `NAME.query`, `NAME.key`, `NAME.value` and `NAME.output`, each H to H. */
export function attentionParameters(name: string, width: number, init: Initializer): readonly ParameterSpec[] {
  return ['query', 'key', 'value', 'output'].flatMap((part) =>
    denseParameters(`${name}.${part}`, [width, width], init),
  );
}

export interface AttentionOptions {
  readonly heads: number;
  /** Added to the scores of every head: of padding, of relative positions. Broadcasts to [B, A, T, T] (query, key). */
  readonly bias: Tensor;
  /** Of the probabilities. */
  readonly dropout: number;
  readonly source: DropoutSource | undefined;
}

/**
 * What a score of a padded key is lowered by: its probability becomes exactly 0 in float32. Finite, so that a row of
 * padding alone is a plain softmax and not NaN, and within the range of float16.
 */
const MASKED = 1e4;

/** The bias that hides padding. Shapes: mask [B, T], 1 for tokens and 0 for padding, gives [B, 1, 1, T]. */
export function paddingBias(mask: Tensor): Tensor {
  return mul(unsqueeze(sub(mask, 1), 1, 2), MASKED); // [B, 1, 1, T]
}

/**
 * Multi-head self-attention (Vaswani et al. 2017, section 3.2, https://arxiv.org/abs/1706.03762):
 *
 *     softmax(Q K^T / sqrt(D) + bias) V  for each head, then W_output
 *
 * Shapes: x [B, T, H] gives [B, T, H].
 */
export function selfAttention(p: Tensors, name: string, x: Tensor, options: AttentionOptions): Tensor {
  const { heads, bias, source } = options;
  const [batch, time, width] = x.shape as [string, string, number];
  const perHead = width / heads;
  const part = (which: string): Tensor =>
    transpose(reshape(dense(p, `${name}.${which}`, x), [batch, time, heads, perHead]), [0, 2, 1, 3]); // [B, A, T, D]
  const scores = matMulTransposed(part('query'), part('key'), { transB: true, alpha: 1 / Math.sqrt(perHead) });
  const probabilities = softmax(add(scores, bias), -1); // [B, A, T, T]
  const mixed = matMul(dropout(probabilities, options.dropout, source), part('value')); // [B, A, T, D]
  return dense(p, `${name}.output`, reshape(transpose(mixed, [0, 2, 1, 3]), [batch, time, width])); // [B, T, H]
}
