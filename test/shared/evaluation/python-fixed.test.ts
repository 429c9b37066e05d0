import { expect, test } from 'vitest';
import { pythonFixed } from '../../../shared/evaluation/python-fixed.ts';

// f'{value:.{digits}f}' of Python 3.11.
test.each([
  [0.125, 2, '0.12'],
  [0.375, 2, '0.38'],
  [0.625, 2, '0.62'],
  [2.5, 0, '2'],
  [0.005, 2, '0.01'],
  [1 / 3, 4, '0.3333'],
  [1, 2, '1.00'],
])('pythonFixed(%s, %s) is %s', (value, digits, text) => {
  expect(pythonFixed(value, digits)).toBe(text);
});
