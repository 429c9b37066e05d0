import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dequantizeVectors, quantizeVectors } from '../../../shared/features/quantized-vectors.ts';

test('rounds each vector to a byte a number, its largest number to 127', () => {
  // 2.54 / 127 is 0.02; 1 / 0.02 is 50, and -0.031 / 0.02 is -1.55.
  const { quantized, values } = quantizeVectors(Float32Array.of(2.54, 1, -0.031, 0, 0, 0, -127, 63.4, 1), 3);
  expect([...quantized!.codes]).toEqual([127, 50, -2, 0, 0, 0, -127, 63, 1]);
  expect([...quantized!.scales].map((scale) => Number(scale.toFixed(6)))).toEqual([0.02, 0, 1]);
  expect([...values]).toEqual([...Float16Array.of(2.54, 1, -0.04, 0, 0, 0, -127, 63, 1)]);
});

test('is off by half a step and the rounding to half precision at most, and stays as it is when done again', () => {
  const numbers = fc.float({ min: -8, max: 8, noNaN: true });
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 4, maxLength: 4 }), (list) => {
      const vector = Float32Array.from(list);
      const { values, quantized } = quantizeVectors(vector, 4);
      const largest = Math.max(...list.map(Math.abs));
      // Half of largest / 127, and 2^-11 of the number itself; both a little more for the roundings of float32.
      const most = largest / 253 + largest / 2000 + 1e-6;
      list.forEach((value, i) => {
        expect(Math.abs(values[i]! - value)).toBeLessThanOrEqual(most);
      });
      expect(dequantizeVectors(quantized!, 4)).toEqual(values);
    }),
    { seed: 5, numRuns: 200 },
  );
});
