import { expect, test } from 'vitest';
import { estimate } from '../../../shared/evaluation/standard-error.ts';

test('an estimate is the mean with its standard error', () => {
  // (5 + 3 + 4) / 3 = 4; the squares of 1, -1, 0 sum to 2; sqrt(2 / 2 / 3) = 0.57735
  const { mean, standardError } = estimate([5, 3, 4]);
  expect(mean).toBe(4);
  expect(standardError).toBeCloseTo(Math.sqrt(1 / 3), 12);
});
