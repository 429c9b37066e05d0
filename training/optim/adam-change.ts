import { add, div, mul, sqrt, type Tensor } from '../engine/index.ts';
import { biasCorrection, type AdamMoments, type Betas } from './adam-moments.ts';
import type { UpdateRates } from './optimizer.ts';

interface ChangeSettings extends Betas {
  readonly epsilon: number;
}

/**
 * What Adam takes from the parameters: lr / (1 - b1^t) * m / (sqrt(v) / sqrt(1 - b2^t) + eps), with sqrt(1 - b2^t) in
 * epsilon and step size, since what is done to scalars is free.
 *
 * Shapes: those of mean and square.
 */
export function adamChange(rates: UpdateRates, settings: ChangeSettings): (moments: AdamMoments) => Tensor {
  const root = sqrt(biasCorrection(rates.step, settings.beta2)); // []
  return kerasAdamChange(rates, settings, mul(root, settings.epsilon));
}

/**
 * The same with an epsilon that the bias correction leaves alone ("epsilon hat" of Kingma and Ba 2015, section 2), as
 * Keras has it: lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(v) + eps).
 *
 * Shapes: those of mean and square; epsilon [].
 */
export function kerasAdamChange(
  { learningRate, step }: UpdateRates,
  { beta1, beta2 }: Betas,
  epsilon: Tensor | number,
): (moments: AdamMoments) => Tensor {
  const root = sqrt(biasCorrection(step, beta2)); // []
  const stepSize = div(mul(learningRate, root), biasCorrection(step, beta1)); // []
  return ({ mean, square }) => mul(div(mean, add(sqrt(square), epsilon)), stepSize);
}
