import { expect, test } from 'vitest';
import { formatBytes } from '../../cli/format-bytes.ts';

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1.0 kB'],
  [9_949, '9.9 kB'],
  [9_951, '10 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [1_593_320, '1.6 MB'],
  [25_276_502_016, '25 GB'],
  [5e15, '5000 TB'],
])('%i bytes are %s', (sizeBytes, text) => {
  expect(formatBytes(sizeBytes)).toBe(text);
});
