import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROW_LENGTH, rowsOf } from '../../../training/train/row-length.ts';

describe('rowsOf', () => {
  // 2^18 numbers are two rows of 2^17. 768 * 768 = 2^16 * 9 has no 2^17: 4 rows of 147,456 (a ratio of 1.125) are nearer
  // than 6 of 98,304 (1.33). 30,522 * 768 = 192 * 122,088.
  test.each([
    [2 ** 17, undefined],
    [2 ** 18, [2, 2 ** 17]],
    [768 * 768, [4, 147_456]],
    [3072 * 768, [18, 131_072]],
    [30_522 * 768, [192, 122_088]],
    [2 ** 19 + 21, undefined],
  ])('of %i numbers', (length, rows) => {
    expect(rowsOf(length)).toEqual(rows);
  });

  test('hold every number, at most a factor of two from the best length', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 26), (length) => {
        const rows = rowsOf(length);
        if (rows === undefined) return;
        expect(rows[0] * rows[1]).toBe(length);
        expect(rows[0]).toBeGreaterThan(1);
        expect(Math.abs(Math.log2(rows[1] / ROW_LENGTH))).toBeLessThanOrEqual(1);
      }),
      { seed: 1 },
    );
  });
});
