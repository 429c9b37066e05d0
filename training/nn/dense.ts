import { gemm, reshape, sizeOf, type Tensor, type Tensors } from '../engine/index.ts';
import { zeros, type Initializer, type ParameterSpec } from './parameter.ts';

/** Parameters `NAME.weight` [nOut, nIn], as torch and safetensors have it, and `NAME.bias` [nOut], zero. */
export function denseParameters(
  name: string,
  [nIn, nOut]: readonly [nIn: number, nOut: number],
  init: Initializer,
): readonly ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [nOut, nIn], init },
    { name: `${name}.bias`, shape: [nOut], init: zeros },
  ];
}

/**
 * y = x W^T + b, with the weight as pre-trained files have it.
 *
 * One Gemm reads W transposed in place, and so do those of its gradients: dx = dy W, dW = dy^T x. Weights are therefore
 * loaded, trained and saved without a transposed copy.
 *
 * Shapes: x [..., nIn] gives [..., nOut].
 */
export function dense(p: Tensors, name: string, x: Tensor): Tensor {
  const weight = p[`${name}.weight`]!; // [nOut, nIn]
  const lead = x.shape.slice(0, -1);
  const rows = reshape(x, [sizeOf(lead), x.shape.at(-1)!]); // [N, nIn]
  const y = gemm(rows, weight, p[`${name}.bias`], { transB: true }); // [N, nOut]
  return reshape(y, [...lead, weight.shape[0]!]); // [..., nOut]
}
