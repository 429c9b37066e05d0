import { add, div, exp, mul, sqrt, sub, tanh, type Tensor } from '../engine/index.ts';

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

/**
 * One step of AdamW (Loshchilov and Hutter 2019, https://arxiv.org/abs/1711.05101) as torch.optim.AdamW writes it:
 *
 *     p <- p (1 - lr wd)
 *     m <- b1 m + (1 - b1) g;   v <- b2 v + (1 - b2) g^2
 *     p <- p - lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps)
 *
 * Shapes: parameters, mean, square and gradient [N]; `learningRate` [] and `step` [] (1 for the first step) float32.
 */
export function adamW(
  { parameters, mean, square }: AdamWState,
  gradient: Tensor,
  { learningRate, step }: { readonly learningRate: Tensor; readonly step: Tensor },
  { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 }: AdamWOptions = {},
): AdamWState {
  const m = add(mul(mean, beta1), mul(gradient, 1 - beta1)); // [N]
  const v = add(mul(square, beta2), mul(mul(gradient, gradient), 1 - beta2)); // [N]
  const stepSize = div(learningRate, biasCorrection(step, beta1)); // []
  const invRoot = div(1, sqrt(biasCorrection(step, beta2))); // []
  const direction = div(m, add(mul(sqrt(v), invRoot), epsilon)); // [N]
  const kept = weightDecay === 0 ? parameters : mul(parameters, sub(1, mul(learningRate, weightDecay))); // [N]
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
