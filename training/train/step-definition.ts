import type { Tensor, Tensors, TensorType } from '../engine/index.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import type { AveragingSettings } from '../optim/averaging.ts';
import type { OptimizerSettings } from '../optim/optimizer-settings.ts';
import { momentsOf } from '../optim/optimizers.ts';
import type { Grouping } from '../optim/parameter-groups.ts';
import type { Schedule } from '../optim/schedule-settings.ts';

/** What one optimiser step is, whatever runs it. */
export interface StepDefinition {
  readonly parameters: readonly ParameterSpec[];
  /** Types of one micro-batch. Their axes are constants or symbols such as 'B' and 'T', never 'K'. */
  readonly batch: Readonly<Record<string, TensorType>>;
  /** The loss to minimise, []; `draw` counts the micro-batches before it, float32 [], and tells dropout masks apart. */
  readonly loss: (parameters: Tensors, batch: Tensors, draw: Tensor) => Tensor;
  readonly groups: Grouping;
  readonly optimizer: OptimizerSettings;
  readonly schedule: Schedule;
  /** Greatest norm of the gradient of all parameters together; Infinity for no limit. */
  readonly maxNorm: number;
  /** The moving average of the parameters that is kept beside them; none by default. */
  readonly averaging?: AveragingSettings | null;
}

/** Figures of a step, each float32 []: the loss, the gradient's norm before clipping, the rate before group factors. */
export const FIGURES = ['loss', 'gradientNorm', 'learningRate'] as const;

/** The moving average of the parameters: a part of the state beside the optimiser's moments. */
export const AVERAGE_PART = 'average';

/** The parts of the state that each slab has: parameters, the optimiser's moments, and where there is one the average. */
export function stateParts({
  optimizer,
  averaging = null,
}: Pick<StepDefinition, 'optimizer' | 'averaging'>): readonly string[] {
  return ['parameters', ...momentsOf(optimizer), ...(averaging === null ? [] : [AVERAGE_PART])];
}
