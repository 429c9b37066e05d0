import type { Rng } from '../../shared/random.ts';
import type { Figures } from '../metrics/figures.ts';
import { initParameters, type ParameterSpec } from '../nn/parameter.ts';
import type { StepperState } from './slab-store.ts';
import { parameterCount } from './state-layout.ts';

/** The best parameters on dev so far. */
export interface BestSoFar {
  readonly epoch: number;
  readonly dev: Figures;
  readonly parameters: Float32Array;
}

/** Everything that training needs to go on after a whole number of epochs; arrays are flat. */
export interface TrainState extends Readonly<StepperState> {
  /** Finished epochs. */
  readonly epoch: number;
  readonly best: BestSoFar | undefined;
}

/** Fresh parameters, and moments of zero for `trained` of them by each of the names. */
export function initialState(
  specs: readonly ParameterSpec[],
  { moments, trained, rng }: { readonly moments: readonly string[]; readonly trained: number; readonly rng: Rng },
): TrainState {
  const parameters = new Float32Array(parameterCount(specs));
  let at = 0;
  for (const values of initParameters(specs, rng).values()) {
    parameters.set(values, at);
    at += values.length;
  }
  const zeros = moments.map((name) => [name, new Float32Array(trained)] as const);
  return { epoch: 0, step: 0, parameters, moments: Object.fromEntries(zeros), best: undefined };
}

/** Each parameter's part of the flat vector, by name; views, not copies. */
export function parameterViews(
  specs: readonly ParameterSpec[],
  flat: Float32Array,
): ReadonlyMap<string, { readonly shape: readonly number[]; readonly data: Float32Array }> {
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
