import { expect, test } from 'vitest';
import { zeros, type ParameterSpec } from '../../../training/nn/parameter.ts';
import type { Grouping } from '../../../training/optim/parameter-groups.ts';
import { averagedParameters } from '../../../training/train/averaged-parameters.ts';
import { AVERAGE_PART } from '../../../training/train/step-definition.ts';
import { expectFails } from '../../support/expect-fails.ts';

const spec = (name: string, length: number): ParameterSpec => ({ name, shape: [length], init: zeros });
const specs = [spec('a', 2), spec('frozen', 1), spec('b', 2)];
const groups: Grouping = (name) => ({ learningRate: name === 'frozen' ? 0 : 0.1, weightDecay: 0 });

const parameters = Float32Array.of(1, 2, 3, 4, 5);
/** Of the parameters that are trained alone. */
const moments = { [AVERAGE_PART]: Float32Array.of(10, 20, 40, 50) };

test('the average stands in place of what is trained, and what is frozen stays', () => {
  expect(averagedParameters({ step: 7, parameters, moments }, specs, groups)).toEqual(
    Float32Array.of(10, 20, 3, 40, 50),
  );
  expect(parameters).toEqual(Float32Array.of(1, 2, 3, 4, 5));
});

test('before the first step the parameters are what they are', () => {
  expect(averagedParameters({ step: 0, parameters, moments }, specs, groups)).toEqual(parameters);
});

test('fails without an average', () => {
  expectFails(() => averagedParameters({ step: 7, parameters, moments: {} }, specs, groups), 'E_SHAPE_MISMATCH');
});
