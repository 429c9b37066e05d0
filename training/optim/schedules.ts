import { add, cos, div, less, maximum, mul, sqrt, sub, where, type Tensor, type TensorLike } from '../engine/index.ts';
import type { ScheduleName, ScheduleOf } from './schedule-settings.ts';

/** The share of the peak that the rate is after the warm-up of W steps; `step` counts finished steps, t. */
type Courses = {
  readonly [Name in ScheduleName]: (step: Tensor, schedule: ScheduleOf<Name>) => TensorLike;
};

/** As in optimization.py of transformers 4.57, in the functions that are named. */
const courses: Courses = {
  /** get_linear_schedule_with_warmup: max(0, (T - t) / max(1, T - W)). */
  linear: (step, { warmupSteps, totalSteps }) =>
    maximum(div(sub(totalSteps, step), Math.max(1, totalSteps - warmupSteps)), 0), // []
  /** get_cosine_schedule_with_warmup: (1 + cos(pi (t - W) / max(1, T - W))) / 2. */
  cosine: (step, { warmupSteps, totalSteps }) => {
    const angle = mul(sub(step, warmupSteps), Math.PI / Math.max(1, totalSteps - warmupSteps)); // []
    return mul(add(cos(angle), 1), 0.5); // []
  },
  /** get_constant_schedule_with_warmup: 1. */
  constant: () => 1,
  /** get_inverse_sqrt_schedule: 1 / sqrt((t - W + s) / s), where the timescale s is W, or 10,000 without a warm-up. */
  'inverse-square-root': (step, { warmupSteps, timescale }) => {
    const scale = timescale ?? (warmupSteps || 10_000);
    // Before the end of the warm-up, where this is not looked at, it may be the root of a negative number.
    return div(1, sqrt(div(add(step, scale - warmupSteps), scale))); // []
  },
};

/**
 * The learning rate of a step: linear warm-up from 0 to the peak, then the schedule's own course. `step` counts finished
 * steps, so with a warm-up the first step's rate is 0.
 *
 * Shapes: step float32 [] gives [].
 */
export function learningRate<Name extends ScheduleName>(
  step: Tensor,
  schedule: ScheduleOf<Name> & { readonly name: Name },
): Tensor {
  const { peak, warmupSteps } = schedule;
  const after = courses[schedule.name](step, schedule); // []
  const share = where(less(step, warmupSteps), div(step, Math.max(1, warmupSteps)), after); // []
  return mul(share, peak); // []
}
