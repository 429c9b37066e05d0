import { expect, test } from 'vitest';
import { grantedThreads } from '../../../functions/lambda/granted-threads.ts';

test.each([
  [128, 1],
  [1_769, 1],
  [3_537, 1],
  [3_538, 2],
  [10_240, 5],
])('%i MB pay for %i threads', (memoryMb, threads) => {
  expect(grantedThreads(memoryMb)).toBe(threads);
});
