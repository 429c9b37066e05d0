import { add, exp, mul, tanh, type Tensor, type TensorLike } from '../engine/index.ts';
import type { UpdateTensors } from './optimizer.ts';

export interface AdamMoments {
  /** Moving average of the gradient. */
  readonly mean: Tensor;
  /** Moving average of its square. */
  readonly square: Tensor;
}

export const ADAM_MOMENTS = ['mean', 'square'] as const satisfies readonly (keyof AdamMoments)[];

export interface Betas {
  readonly beta1: number;
  readonly beta2: number;
}

/**
 * The moving averages of Adam (Kingma and Ba 2015, https://arxiv.org/abs/1412.6980), of the gradient g times a
 * scale s, 1 if left out:
 *
 *     m <- b1 m + (1 - b1) s g;   v <- b2 v + (1 - b2) s^2 g^2
 *
 * The time goes into passes over memory, so the scale goes into the factors.
 *
 * Shapes: scale []; mean, square and gradient alike.
 */
export function adamMoments({ beta1, beta2 }: Betas, scale?: Tensor): (x: UpdateTensors) => AdamMoments {
  const ofMean: TensorLike = scale === undefined ? 1 - beta1 : mul(scale, 1 - beta1); // []
  const ofSquare: TensorLike = scale === undefined ? 1 - beta2 : mul(mul(scale, scale), 1 - beta2); // []
  return ({ mean, square, gradient }) => ({
    mean: add(mul(mean!, beta1), mul(gradient, ofMean)),
    square: add(mul(square!, beta2), mul(mul(gradient, gradient), ofSquare)),
  });
}

/**
 * 1 - beta^t. Written as tanh(-x/2) (e^x + 1) with x = t ln beta, since 1 - e^x loses half its digits in float32 where
 * beta is near 1 and t is small.
 *
 * Shapes: step [] gives [].
 */
export function biasCorrection(step: Tensor, beta: number): Tensor {
  const x = mul(step, Math.log(beta)); // []
  return mul(tanh(mul(x, -0.5)), add(exp(x), 1)); // []
}
