import { NerError } from '../../shared/ner-error.ts';
import type { ParameterSpec } from '../nn/parameter.ts';
import type { Grouping } from '../optim/parameter-groups.ts';
import type { StepperState } from './slab-store.ts';
import { parameterCount } from './state-layout.ts';
import { AVERAGE_PART } from './step-definition.ts';

/**
 * All parameters, flat in the order of their specs, with the moving average in place of those that are trained: what is
 * evaluated and exported. Before the first step there is no average, and they are the parameters as they are.
 *
 * @throws {E_SHAPE_MISMATCH} the state has no average
 */
export function averagedParameters(
  state: StepperState,
  specs: readonly ParameterSpec[],
  groups: Grouping,
): Float32Array {
  const averaged = state.parameters.slice();
  const average = state.moments[AVERAGE_PART];
  if (average === undefined) {
    throw new NerError(
      'E_SHAPE_MISMATCH',
      `averagedParameters: the state has no average, got [${Object.keys(state.moments).join(', ')}]. Train with averaging.`,
    );
  }
  if (state.step === 0) return averaged;
  let [at, from] = [0, 0];
  for (const spec of specs) {
    const length = parameterCount([spec]);
    if (groups(spec.name).learningRate !== 0) averaged.set(average.subarray(from, (from += length)), at);
    at += length;
  }
  return averaged;
}
