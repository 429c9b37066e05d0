import { add, div, minimum, mul, sub, where, less, type Tensor } from '../engine/index.ts';
import { z } from 'zod';

export const averagingSettingsSchema = z.strictObject({
  /** What is kept of the average at each step. */
  decay: z.number().min(0).lt(1),
  /** Whether the decay rises to that in the first steps, so that fresh parameters are soon forgotten. */
  warmup: z.boolean().default(true),
});

/** Settings with every default filled in. */
export type AveragingSettings = z.output<typeof averagingSettingsSchema>;

/**
 * The exponential moving average of parameters p, as torch.optim.swa_utils.AveragedModel with get_ema_avg_fn (2.15): the
 * first step copies them, and from the second on
 *
 *     a <- d a + (1 - d) p
 *
 * With a warm-up d is min(decay, (1 + t) / (10 + t)) after t averaged steps, as in TensorFlow's
 * ExponentialMovingAverage.
 *
 * Shapes: step [], the count of finished steps; average and parameters alike.
 */
export function averagingOf(
  { decay, warmup }: AveragingSettings,
  step: Tensor,
): (average: Tensor, parameters: Tensor) => Tensor {
  const rising = warmup ? minimum(div(add(step, 1), add(step, 10)), decay) : decay; // []
  const fresh = where(less(step, 1), 1, sub(1, rising)); // []
  return (average, parameters) => add(average, mul(sub(parameters, average), fresh));
}
