import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { chooseQuantizer } from '../../../training/export/choose-quantizer.ts';

/** Statistics of channels whose numbers are uniform between these. */
const between = (low: readonly number[], high: readonly number[]) => ({
  low: Float32Array.from(low),
  high: Float32Array.from(high),
  meanSquare: Float32Array.from(low, (a, i) => (a * a + a * high[i]! + high[i]! ** 2) / 3),
});

const ones = (nIn: number) => ({ data: new Float32Array(4 * nIn).fill(1), nOut: 4 });

describe('chooseQuantizer', () => {
  test('spreads 256 levels from the least to the greatest number of all channels', () => {
    // -1 to 1.55 in 255 steps of 0.01; 0 is 100 steps above the least.
    expect(chooseQuantizer(between([-0.9, -1], [1.55, 1.2]), ones(2))).toEqual({ scale: Math.fround(0.01), zero: 100 });
  });

  test('has 0 among its levels where all numbers are on one side of it', () => {
    expect(chooseQuantizer(between([1], [2.55]), ones(1))).toEqual({ scale: Math.fround(0.01), zero: 0 });
    expect(chooseQuantizer(between([-2.55], [-1]), ones(1))).toEqual({ scale: Math.fround(0.01), zero: 255 });
  });

  test('takes any scale where everything is 0', () => {
    expect(chooseQuantizer(between([0], [0]), ones(1))).toEqual({ scale: 1, zero: 0 });
  });

  test('brings channels to like sizes where one is far larger than the others', () => {
    const rng = createRng(1, 'weights');
    const weights = { data: Float32Array.from({ length: 16 * 8 }, () => rng.normal()), nOut: 8 };
    const sizes = Array.from({ length: 16 }, (_, channel) => (channel === 3 ? 50 : 1));
    const { multiplier } = chooseQuantizer(
      between(
        sizes.map((size) => -size),
        sizes,
      ),
      weights,
    );
    expect(multiplier![3]! * 50).toBeLessThan(15 * multiplier![4]!);
  });

  test('has no multipliers where channels are of like size: they would cost a pass over the activation', () => {
    const { multiplier } = chooseQuantizer(between([-1, -0.9, -1.1], [1, 1.1, 0.9]), ones(3));
    expect(multiplier).toBeUndefined();
  });
});
