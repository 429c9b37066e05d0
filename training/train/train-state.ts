import type { Rng } from '../../shared/random.ts';
import type { Figures } from '../metrics/figures.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import { parameterCount } from './step-program.ts';

/** The best parameters on dev so far. */
export interface BestSoFar {
  readonly epoch: number;
  readonly dev: Figures;
  readonly parameters: Float32Array;
}

/** Everything that training needs to go on after a whole number of epochs; arrays are flat, [N]. */
export interface TrainState {
  /** Finished epochs. */
  readonly epoch: number;
  /** Finished steps. */
  readonly step: number;
  readonly parameters: Float32Array;
  readonly mean: Float32Array;
  readonly square: Float32Array;
  readonly best: BestSoFar | undefined;
}

/** Pre-trained parameters, others fresh, and moments of zero. */
export function initialState(
  specs: readonly ParameterSpec[],
  rng: Rng,
  pretrained: ReadonlyMap<string, Float32Array> = new Map(),
): TrainState {
  const count = parameterCount(specs);
  const parameters = new Float32Array(count);
  let at = 0;
  // Each draws from its own stream, so what is fresh does not depend on what is pre-trained.
  for (const spec of specs) {
    const values = pretrained.get(spec.name) ?? spec.init(rng.fork(spec.name), spec.shape);
    parameters.set(values, at);
    at += values.length;
  }
  const state = { epoch: 0, step: 0, parameters, best: undefined };
  return { ...state, mean: new Float32Array(count), square: new Float32Array(count) };
}

/** Shape and elements of each parameter, by name. */
export type ParameterViews = ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }>;

/** Each parameter's part of the flat vector, by name; views, not copies. */
export function parameterViews(specs: readonly ParameterSpec[], flat: Float32Array): ParameterViews {
  let at = 0;
  return new Map(
    specs.map(({ name, shape }) => {
      const length = shape.reduce((product, axis) => product * axis, 1);
      const data = flat.subarray(at, at + length);
      at += length;
      return [name, { shape, data }];
    }),
  );
}
