import { add, matMul, type Tensor, type Tensors } from '../engine/index.ts';
import { uniform, type ParameterSpec } from './parameter.ts';

/** Parameters `NAME.weight` [nIn, nOut] and `NAME.bias` [nOut], uniform within 1/sqrt(nIn) as torch.nn.Linear. */
export function linearParameters(name: string, nIn: number, nOut: number): readonly ParameterSpec[] {
  const init = uniform(1 / Math.sqrt(nIn));
  return [
    { name: `${name}.weight`, shape: [nIn, nOut], init },
    { name: `${name}.bias`, shape: [nOut], init },
  ];
}

/**
 * y = x W + b.
 *
 * Shapes: x [..., nIn] gives [..., nOut]. The weight is stored [nIn, nOut], the transpose of torch's, because that is
 * the operand order of the matrix product.
 */
export function linear(p: Tensors, name: string, x: Tensor): Tensor {
  return add(matMul(x, p[`${name}.weight`]!), p[`${name}.bias`]!);
}
