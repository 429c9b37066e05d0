import { expect, test } from 'vitest';
import { formatSeconds } from '../../cli/format-seconds.ts';

test.each([
  [0, '0s'],
  [59.4, '59s'],
  [59.6, '1m00s'],
  [125, '2m05s'],
  [3599.4, '59m59s'],
  [3600, '1h00m'],
  [4019, '1h07m'],
  [90_000, '25h00m'],
])('%s seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text);
});
