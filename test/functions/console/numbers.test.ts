import { expect, test } from 'vitest';
import { formatCount, formatRate, formatSeconds } from '../../../functions/console/app/numbers.ts';

test.each([
  [formatCount(148_213), '148,213'],
  [formatRate(0), '0'],
  [formatRate(4.25), '4.3'],
  [formatRate(2140.6), '2,141'],
  [formatSeconds(20.2), '21 s'],
  [formatSeconds(89.9), '90 s'],
  [formatSeconds(150), '3 min'],
  [formatSeconds(3900), '1 h 5 min'],
  [formatSeconds(7190), '2 h 0 min'],
])('a figure reads %s', (formatted, expected) => {
  expect(formatted).toBe(expected);
});
