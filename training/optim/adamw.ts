import { add, div, exp, mul, sqrt, sub, tanh, type Tensor, type TensorLike } from '../engine/index.ts';

export interface AdamWOptions {
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
  /** Decoupled: the share of a parameter that is taken away each step, times the learning rate. */
  readonly weightDecay?: number;
}

export interface AdamWState {
  readonly parameters: Tensor;
  /** Moving average of the gradient. */
  readonly mean: Tensor;
  /** Moving average of its square. */
  readonly square: Tensor;
}

/** What the step is taken with; scalars, float32 []. */
export interface AdamWRates {
  readonly learningRate: Tensor;
  /** 1 for the first step. */
  readonly step: Tensor;
  /** What gradients are multiplied by, such as the factor that clips them. Default 1. */
  readonly gradientScale?: Tensor;
}

/**
 * One step of AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) as torch.optim.AdamW defines it:
 *
 *     p <- p (1 - lr wd)
 *     m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
 *     p <- p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * The time goes into passes over memory, so what can be done to scalars is done to them: the gradient's scale goes into
 * the factors of g and g^2, and sqrt(1 - b2^t) into eps and the step size.
 *
 * Shapes: parameters, mean, square and gradient alike.
 */
export function adamW(
  { parameters, mean, square }: AdamWState,
  gradient: Tensor,
  { learningRate, step, gradientScale }: AdamWRates,
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 }: AdamWOptions = {},
): AdamWState {
  const scaled = (share: number, power: number): TensorLike =>
    gradientScale === undefined ? share : mul(power === 1 ? gradientScale : mul(gradientScale, gradientScale), share); // []
  const m = add(mul(mean, beta1), mul(gradient, scaled(1 - beta1, 1)));
  const v = add(mul(square, beta2), mul(mul(gradient, gradient), scaled(1 - beta2, 2)));
  const root = sqrt(biasCorrection(step, beta2)); // []
  const stepSize = mul(div(learningRate, biasCorrection(step, beta1)), root); // []
  const direction = div(m, add(sqrt(v), mul(root, epsilon)));
  const kept = weightDecay === 0 ? parameters : mul(parameters, sub(1, mul(learningRate, weightDecay)));
  return { parameters: sub(kept, mul(direction, stepSize)), mean: m, square: v };
}

/**
 * 1 - beta^t. Written as tanh(-x/2) (e^x + 1) with x = t ln beta, since 1 - e^x loses half its digits in float32 where
 * beta is near 1 and t is small.
 */
function biasCorrection(step: Tensor, beta: number): Tensor {
  const x = mul(step, Math.log(beta)); // []
  return mul(tanh(mul(x, -0.5)), add(exp(x), 1)); // []
}
