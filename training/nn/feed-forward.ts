import { gelu, type Tensor, type Tensors } from '../engine/index.ts';
import { dense, denseParameters } from './dense.ts';
import type { Initializer, ParameterSpec } from './parameter.ts';

/** Parameters of the two layers `NAME.inner` (H to F) and `NAME.outer` (F to H). */
export function feedForwardParameters(
  name: string,
  [width, inner]: readonly [width: number, inner: number],
  init: Initializer,
): readonly ParameterSpec[] {
  return [
    ...denseParameters(`${name}.inner`, [width, inner], init),
    ...denseParameters(`${name}.outer`, [inner, width], init),
  ];
}

/**
 * y = W_outer gelu(W_inner x + b_inner) + b_outer at each position, with the exact gelu (Vaswani et al. 2017, section
 * 3.3, https://arxiv.org/abs/1706.03762; Devlin et al. 2019 for the gelu).
 *
 * Shapes: x [..., H] gives [..., H].
 */
export function feedForward(p: Tensors, name: string, x: Tensor): Tensor {
  return dense(p, `${name}.outer`, gelu(dense(p, `${name}.inner`, x))); // [..., H]
}
