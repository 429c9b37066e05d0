import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { constant, float32, ndArray } from '../../../training/engine/index.ts';
import { lstm, lstmParameters } from '../../../training/nn/lstm.ts';
import { initParameters } from '../../../training/nn/parameter.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, type Feeds } from '../../support/engine.ts';
import { expectGradient, valueOf } from '../../support/layer-check.ts';
import { tolerance } from '../../support/tolerance.ts';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

/** One unit that reads one number: gates i, f, g and o. */
const parameters: Feeds = {
  'own.input.weight': ndArray('float32', [1, 4], [0.5, -1, 2, 0.25]),
  'own.input.bias': ndArray('float32', [4], [0.5, 1, -0.5, 0]),
  'own.recurrent': ndArray('float32', [1, 4], [1, 0.5, -1, 2]),
};

/** The formulas, word by word. */
function byHand(words: readonly number[]): number[] {
  let [h, c] = [0, 0];
  return words.map((x) => {
    const gate = (k: number): number =>
      parameters['own.input.weight']!.data[k]! * x +
      parameters['own.recurrent']!.data[k]! * h +
      parameters['own.input.bias']!.data[k]!;
    const [i, f, g, o] = [sigmoid(gate(0)), sigmoid(gate(1)), Math.tanh(gate(2)), sigmoid(gate(3))];
    c = f * c + i * g;
    h = o * Math.tanh(c);
    return h;
  });
}

// Sentences of three words and of one, time first.
const x = ndArray('float32', [3, 2, 1], [1, 4, -2, 9, 3, 9]);
const MASK = [1, 1, 1, 0, 1, 0];
const column = (data: ArrayLike<number>, row: number): number[] => [0, 1, 2].map((t) => data[2 * t + row]!);

describe('lstm', () => {
  const read = (reverse: boolean): Float64Array =>
    valueOf({ ...parameters, x, mask: ndArray('float32', [3, 2], MASK) }, (p) =>
      lstm(p, 'own', p['x']!, { mask: p['mask']!, reverse }),
    ).data;

  test('does what its formulas say, and is zero in the padding', () => {
    const found = read(false);
    expectClose(column(found, 0), byHand([1, -2, 3]), tolerance.exactFloat64);
    expectClose(column(found, 1), [...byHand([4]), 0, 0], tolerance.exactFloat64);
  });

  test("backwards it begins at each sentence's own last word", () => {
    const found = read(true);
    expectClose(column(found, 0), byHand([3, -2, 1]).reverse(), tolerance.exactFloat64);
    expectClose(column(found, 1), [...byHand([4]), 0, 0], tolerance.exactFloat64);
  });

  test.each([false, true])('has the right gradient (reverse: %s)', (reverse) => {
    const rng = createRng(1, 'lstm');
    const specs = lstmParameters('own', { inputs: 2, units: 3 });
    const random = Object.fromEntries(specs.map(({ name, shape }) => [name, randomArray(rng, shape)]));
    expectGradient({ ...random, x: randomArray(rng, [3, 2, 2]) }, (p) =>
      lstm(p, 'own', p['x']!, { mask: constant(float32(3, 2), MASK), reverse }),
    );
  });

  test('begins within 1/sqrt(units), as torch does', () => {
    const specs = lstmParameters('own', { inputs: 5, units: 16 });
    expect(specs.map(({ name, shape }) => [name, shape])).toEqual([
      ['own.input.weight', [5, 64]],
      ['own.input.bias', [64]],
      ['own.recurrent', [16, 64]],
    ]);
    for (const values of initParameters(specs, createRng(1)).values()) {
      const greatest = Math.max(...values.map(Math.abs));
      expect(greatest).toBeGreaterThan(0.2);
      expect(greatest).toBeLessThanOrEqual(0.25);
    }
  });
});
