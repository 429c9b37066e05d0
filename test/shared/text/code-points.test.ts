import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { codePointOffsets } from '../../../shared/text/code-points.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';

const clusters = fc.constantFrom(
  'a', 'Obama', ' ', '😂', '👍🏽', '👨‍👩‍👧‍👦', '🇺🇸', '1️⃣', 'e\u0301', '速報', '𠀋', '한국', '\ud83d', '\ude02 ', '\ufeff', '❤️',
); // prettier-ignore

describe('codePointOffsets', () => {
  test('counts emoji as Python does', () => {
    const offsets = codePointOffsets('a😂b👨‍👩‍👧c');
    expect(offsets.length).toBe(9); // a, joy, b, man, joiner, woman, joiner, girl, c
    expect([0, 1, 3, 4, 12, 13].map((index) => offsets.toCodePoint(index))).toEqual([0, 1, 2, 3, 8, 9]);
  });

  test('slices by code points and by UTF-16 units agree, and the way back is the same', () => {
    fc.assert(
      fc.property(fc.array(clusters, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        const points = Array.from(text);
        const offsets = codePointOffsets(text);
        expect(offsets.length).toBe(points.length);
        const starts = [0, ...points.map((_, i) => points.slice(0, i + 1).join('').length)];
        for (const [codePoint, index] of starts.entries()) {
          expect(offsets.toCodePoint(index)).toBe(codePoint);
          expect(offsets.toUtf16(codePoint)).toBe(index);
        }
        for (const { start, end } of tokenizeTweet(text)) {
          const slice = points.slice(offsets.toCodePoint(start), offsets.toCodePoint(end)).join('');
          expect(slice).toBe(text.slice(start, end));
        }
      }),
      { numRuns: 1000 },
    );
  });

  test('counts a lone surrogate as one', () => {
    const offsets = codePointOffsets('\ud83d a\ude02😂');
    expect(offsets.length).toBe(5);
    expect(offsets.toCodePoint(6)).toBe(5);
  });

  test('counts a pair that an offset cuts', () => {
    expect(codePointOffsets('😂a').toCodePoint(1)).toBe(1);
  });
});
