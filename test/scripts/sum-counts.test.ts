import { expect, test } from 'vitest';
import { readCounts, sumCounts } from '../../scripts/sum-counts.mjs';

test('readCounts takes a closing line apart, and no other line', () => {
  expect(readCounts('tests: 12 passed, 3 failed, 45 skipped')).toEqual([12, 3, 45]);
  expect(readCounts('  tests: 12 passed, 3 failed, 45 skipped')).toBeUndefined();
  expect(readCounts('Tests  12 passed (12)')).toBeUndefined();
});

test.each([
  [[], 'tests: 0 passed, 0 failed, 0 skipped'],
  [
    [
      [1, 2, 3],
      [10, 20, 30],
    ],
    'tests: 11 passed, 22 failed, 33 skipped',
  ],
])('sumCounts puts closing lines together (%j)', (all, expected) => {
  expect(sumCounts(all)).toBe(expected);
});
