import { div, maximum, minimum, mul, sub, type Tensor } from '../engine/index.ts';

export interface LinearScheduleOptions {
  readonly peak: number;
  readonly warmupSteps: number;
  readonly totalSteps: number;
}

/**
 * Linear warm-up from 0 to `peak`, then linear decay to 0: transformers' get_linear_schedule_with_warmup
 * (transformers 4.57, optimization.py). `step` counts finished steps, so with a warm-up the first step's rate is 0.
 *
 * Shapes: step float32 [] gives [].
 */
export function linearSchedule(step: Tensor, { peak, warmupSteps, totalSteps }: LinearScheduleOptions): Tensor {
  const rise = div(step, Math.max(1, warmupSteps)); // []
  const fall = maximum(div(sub(totalSteps, step), Math.max(1, totalSteps - warmupSteps)), 0); // []
  // Before the end of the warm-up the rise is below 1 and the fall above; after it the other way round.
  return mul(warmupSteps === 0 ? fall : minimum(rise, fall), peak); // []
}
