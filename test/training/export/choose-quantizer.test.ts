import { describe, expect, test } from 'vitest';
import { chooseQuantizer } from '../../../training/export/choose-quantizer.ts';

const ranges = (low: readonly number[], high: readonly number[]) => ({
  low: Float32Array.from(low),
  high: Float32Array.from(high),
});

describe('chooseQuantizer', () => {
  test('spreads 256 levels from the least to the greatest number of all channels', () => {
    // -1 to 1.55 in 255 steps of 0.01; 0 is 100 steps above the least.
    expect(chooseQuantizer(ranges([-0.5, -1], [1.55, 0.2]))).toEqual({ scale: Math.fround(0.01), zero: 100 });
  });

  test('has 0 among its levels where all numbers are on one side of it', () => {
    expect(chooseQuantizer(ranges([1], [2.55]))).toEqual({ scale: Math.fround(0.01), zero: 0 });
    expect(chooseQuantizer(ranges([-2.55], [-1]))).toEqual({ scale: Math.fround(0.01), zero: 255 });
  });

  test('takes any scale where everything is 0', () => {
    expect(chooseQuantizer(ranges([0], [0]))).toEqual({ scale: 1, zero: 0 });
  });
});
