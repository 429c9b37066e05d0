import { layerNormalization, type Tensor, type Tensors } from '../engine/index.ts';
import { ones, zeros, type ParameterSpec } from './parameter.ts';

/** Parameters `NAME.weight` and `NAME.bias` [H], one and zero. */
export function layerNormParameters(name: string, width: number): readonly ParameterSpec[] {
  return [
    { name: `${name}.weight`, shape: [width], init: ones },
    { name: `${name}.bias`, shape: [width], init: zeros },
  ];
}

/**
 * y = (x - mean) / sqrt(variance + epsilon) * weight + bias over the last axis (Ba et al. 2016, Layer Normalization,
 * https://arxiv.org/abs/1607.06450).
 *
 * Shapes: x [..., H] gives [..., H].
 */
export function layerNorm(p: Tensors, name: string, x: Tensor, epsilon = 1e-5): Tensor {
  return layerNormalization(x, { scale: p[`${name}.weight`]!, bias: p[`${name}.bias`]!, epsilon });
}
