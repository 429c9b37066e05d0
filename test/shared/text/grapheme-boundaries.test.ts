import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clusterInteriors } from '../../../shared/text/grapheme-boundaries.ts';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Second definition: Intl.Segmenter over the whole text. */
function interiors(text: string): Uint8Array {
  const inside = new Uint8Array(text.length).fill(1);
  for (const { index } of segmenter.segment(text)) inside[index] = 0;
  return inside;
}

const units = fc.constantFrom(
  'a', ' ', '\n', '.', '\u00ad', '©', '速', 'は', '한', '\u0301', '\ufe0f', '\u200d', '\u200c', '\u20e3', '1', '😂', '👩', '❤', '\u{1f3fd}', '🇺', '🇸',
  '\u{e0067}', '\u{e007f}', '🏴', '\u1100', '\u1161', '\u11a8', 'ก', '\u0e33', 'क', '\u094d', 'ष', '\u0600', '\ud83d', '\ude02', 'ﾞ', '\u200b', '\ufeff',
); // prettier-ignore

describe('clusterInteriors', () => {
  test('is undefined for texts whose characters all stand alone', () => {
    expect(clusterInteriors('Plain, “quoted” – 速報です… Ünï 한국 → €5')).toBeUndefined();
  });

  test('agrees with Intl.Segmenter for every mixture', () => {
    fc.assert(
      fc.property(fc.array(units, { maxLength: 12 }), (parts) => {
        const text = parts.join('');
        expect(clusterInteriors(text) ?? new Uint8Array(text.length)).toEqual(interiors(text));
      }),
      { numRuns: 5000 },
    );
  });

  test('agrees with Intl.Segmenter for each code point of the basic plane and of the pictures between letters', () => {
    const wrong: string[] = [];
    for (let codePoint = 0x20; codePoint <= 0x1ffff; codePoint++) {
      if (codePoint === 0x3000 + 0x7000) codePoint = 0x1f000;
      const character = String.fromCodePoint(codePoint);
      const text = `a${character}${character}a`;
      const found = clusterInteriors(text) ?? new Uint8Array(text.length);
      if (Buffer.compare(found, interiors(text)) !== 0) wrong.push(codePoint.toString(16));
    }
    expect(wrong).toEqual([]);
  });
});
