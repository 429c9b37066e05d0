import { expect, test } from 'vitest';
import { naturalLog } from '../../../training/tune/natural-log.ts';

// From Python's math.log with glibc, which rounds to the nearest here.
test.each([
  [1, 0],
  [2, 0.6931471805599453],
  [3, 1.0986122886681098],
  [10, 2.302585092994046],
  [243, 5.493061443340548],
  [1_000_003, 13.815513557959774],
])('naturalLog(%i) is the nearest double', (value, expected) => {
  expect(naturalLog(value)).toBe(expected);
});
