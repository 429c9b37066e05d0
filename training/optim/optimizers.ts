import type { Tensor, Tensors } from '../engine/index.ts';
import { adamW, type AdamWRates } from './adamw.ts';

/** The settings of each optimiser; what is left out is as in the library it is named after. */
export interface OptimizerOptions {
  readonly adamw: { readonly beta1?: number; readonly beta2?: number; readonly epsilon?: number };
}

export type OptimizerName = keyof OptimizerOptions;

/** An optimiser by name, with its settings. Learning rate and weight decay belong to parameter groups. */
export type OptimizerSettings = {
  readonly [Name in OptimizerName]: { readonly name: Name } & OptimizerOptions[Name];
}[OptimizerName];

/** What an update is made from: parameters, their gradient, and each moment by name, all of one shape. */
export type UpdateTensors = Tensors & { readonly parameters: Tensor; readonly gradient: Tensor };

export interface OptimizerDef<Options> {
  /** Names of the tensors beside the parameters that it remembers from step to step; they start as zeros. */
  readonly moments: readonly string[];
  /**
   * The next parameters and moments. Elementwise, because it is applied to slices; each old tensor must be read before
   * the new one of its name is computed in full, because both may share memory: write x' = f(x, ...) as one expression,
   * and use x' after it.
   */
  readonly update: (
    x: UpdateTensors,
    rates: AdamWRates,
    options: Options & { readonly weightDecay: number },
  ) => Tensors;
}

export const optimizers = {
  adamw: {
    moments: ['mean', 'square'],
    update: ({ parameters, mean, square, gradient }, rates, options) => ({
      ...adamW({ parameters, mean: mean!, square: square! }, gradient, rates, options),
    }),
  },
} as const satisfies { readonly [Name in OptimizerName]: OptimizerDef<OptimizerOptions[Name]> };
