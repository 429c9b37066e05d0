import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWordInput, wordRanges } from '../../../shared/features/word-input.ts';

describe('wordRanges', () => {
  test('keeps each word exactly once, within the window', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.integer({ min: 2, max: 64 }), (length, maxWords) => {
        const seen = new Uint8Array(length);
        for (const { start, end, keepStart, keepEnd } of wordRanges(length, maxWords)) {
          expect(end - start).toBeLessThanOrEqual(maxWords);
          expect([keepStart >= start, keepEnd <= end]).toEqual([true, true]);
          for (let word = keepStart; word < keepEnd; word++) seen[word]!++;
        }
        expect(seen.every((count) => count === 1)).toBe(true);
      }),
    );
  });

  test('gives every word of a long sentence at least a quarter window of context on both sides', () => {
    fc.assert(
      fc.property(fc.integer({ min: 4, max: 64 }), fc.nat(400), (maxWords, length) => {
        for (const { start, end, keepStart, keepEnd } of wordRanges(length, maxWords)) {
          const quarter = Math.floor(maxWords / 4);
          if (start > 0) expect(keepStart - start).toBeGreaterThanOrEqual(quarter);
          if (end < length) expect(end - keepEnd).toBeGreaterThanOrEqual(quarter);
        }
      }),
    );
  });
});

describe('createWordInput', () => {
  test('names the place of each kept word in its window', async () => {
    const input = createWordInput({ encode: () => ({}) }, 4);
    const windows = await input.windows([['x'], ['a', 'b', 'c', 'd', 'e', 'f']]);
    expect(windows[0]).toMatchObject({ sentence: 0, length: 1 });
    expect(
      windows
        .slice(1)
        .map(({ sentence, words, keepStart, places }) => [sentence, words.join(''), keepStart, [...places]]),
    ).toEqual([
      [1, 'abcd', 0, [0, 1, 2]],
      [1, 'cdef', 3, [1, 2, 3]],
    ]);
  });
});
