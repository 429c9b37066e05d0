import { expect, test } from 'vitest';
import { quantile } from '../../../shared/evaluation/quantile.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

// numpy.quantile([1, 2, 4, 8], q)
test.each([
  [0, 1],
  [0.25, 1.75],
  [0.5, 3],
  [0.9, 6.8],
  [1, 8],
])('quantile of 1, 2, 4, 8 at %s is %s', (share, value) => {
  expect(isClose(quantile([1, 2, 4, 8], share), value, tolerance.reference)).toBe(true);
});
