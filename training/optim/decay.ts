import { add, mul, sub, type Tensor } from '../engine/index.ts';
import type { UpdateRates } from './optimizer.ts';

/**
 * Decoupled weight decay: p (1 - lr wd).
 *
 * Shapes: those of the parameters.
 */
export function decay({ learningRate }: UpdateRates, weightDecay: number): (parameters: Tensor) => Tensor {
  if (weightDecay === 0) return (parameters) => parameters;
  const factor = sub(1, mul(learningRate, weightDecay)); // []
  return (parameters) => mul(parameters, factor);
}

/**
 * The gradient of a penalty of wd / 2 |p|^2 added to the scaled one: s g + wd p.
 *
 * Shapes: those of the parameters.
 */
export function withPenalty(
  { gradientScale }: UpdateRates,
  weightDecay: number,
): (parameters: Tensor, gradient: Tensor) => Tensor {
  return (parameters, gradient) => {
    const scaled = mul(gradient, gradientScale);
    return weightDecay === 0 ? scaled : add(scaled, mul(parameters, weightDecay));
  };
}
