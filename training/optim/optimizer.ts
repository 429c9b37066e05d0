import type { Tensor, Tensors } from '../engine/index.ts';

/** What a step is taken with; scalars, float32 []. */
export interface UpdateRates {
  readonly learningRate: Tensor;
  /** 1 for the first step. */
  readonly step: Tensor;
  /** What gradients are multiplied by: the factor that clips them. */
  readonly gradientScale: Tensor;
}

/** What an update is made from: parameters, their gradient, and each moment by name, all of one shape. */
export type UpdateTensors = Tensors & { readonly parameters: Tensor; readonly gradient: Tensor };

/** The next parameters and moments, by name. */
export type Update = (x: UpdateTensors) => Tensors;

/** An optimiser. */
export interface OptimizerDef<Settings> {
  /** Names of the tensors beside the parameters that it remembers from step to step; they start as zeros. */
  readonly moments: (settings: Settings) => readonly string[];
  /**
   * The update of one step. It is applied to slices, so it is elementwise, and what depends on rates and settings alone
   * is computed before, once. Each old tensor must be read before the new one of its name is computed in full, because
   * both may share memory: write x' = f(x, ...) as one expression, and use x' after it.
   */
  readonly step: (rates: UpdateRates, settings: Settings & { readonly weightDecay: number }) => Update;
}
