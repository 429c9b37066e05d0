import type { Rng } from '../../shared/random.ts';
import type { Figures } from '../../shared/evaluation/figures.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import type { KeeperState } from './keeper.ts';
import type { StepperState } from './slab-store.ts';
import { parameterCount } from './state-layout.ts';

/** The best parameters on dev so far. */
export interface BestSoFar {
  readonly epoch: number;
  readonly dev: Figures;
  readonly parameters: Float32Array;
}

/** Everything that training needs to go on; arrays are flat. */
export interface TrainState extends Readonly<StepperState> {
  /** Finished epochs. */
  readonly epoch: number;
  /** What is done of the epoch after these, where training was interrupted within one. */
  readonly inEpoch: EpochProgress;
  readonly best: BestSoFar | undefined;
  /** What decides whose parameters are kept; undefined before the first epoch has ended. */
  readonly keeper: KeeperState | undefined;
}

export interface EpochProgress {
  /** Finished steps. */
  readonly done: number;
  /** Sum of their losses. */
  readonly lossSum: number;
}

export const NOTHING_DONE: EpochProgress = { done: 0, lossSum: 0 };

export interface InitialState {
  /** Names of the optimiser's moments. */
  readonly moments: readonly string[];
  /** How many numbers are trained. */
  readonly trained: number;
  readonly rng: Rng;
  /** Values of parameters that do not start fresh, by name. */
  readonly pretrained?: ReadonlyMap<string, Float32Array> | undefined;
}

/** Fresh and pre-trained parameters, and moments of zero for those that are trained. */
export function initialState(
  specs: readonly ParameterSpec[],
  { moments, trained, rng, pretrained }: InitialState,
): TrainState {
  const parameters = new Float32Array(parameterCount(specs));
  let at = 0;
  // Each draws from its own stream, so what is fresh does not depend on what is pre-trained.
  for (const { name, shape, init } of specs) {
    const values = pretrained?.get(name) ?? init(rng.fork(name), shape);
    parameters.set(values, at);
    at += values.length;
  }
  const zeros = moments.map((name) => [name, new Float32Array(trained)] as const);
  const progress = { epoch: 0, inEpoch: NOTHING_DONE, best: undefined, keeper: undefined };
  return { ...progress, step: 0, parameters, moments: Object.fromEntries(zeros) };
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
