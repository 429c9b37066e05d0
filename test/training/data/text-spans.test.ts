import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';
import { tagsOfText, textSpanOf, wordSpanOf } from '../../../training/data/text-spans.ts';

test('a span has the words that have one of its characters', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.nat(30),
      fc.integer({ min: 1, max: 10 }),
      (text, start, length) => {
        const tokens = tokenizeTweet(text);
        const end = start + length;
        const touched = tokens.flatMap((token, i) =>
          Math.max(token.start, start) < Math.min(token.end, end) ? [i] : [],
        );
        const words = wordSpanOf(tokens, { type: 'ORG', start, end });
        expect(words).toEqual(
          touched.length === 0 ? undefined : { type: 'ORG', start: touched[0], end: touched.at(-1)! + 1 },
        );
        if (words === undefined) return;
        expect(wordSpanOf(tokens, textSpanOf(tokens, words))).toEqual(words);
      },
    ),
  );
});

test('tags words behind an emoji, and a word that is cut as a whole', () => {
  const text = '😀 Ann Bee hopes';
  // 😀 is two units: Ann is [3, 6), Bee [7, 10); [3, 8) ends inside Bee.
  expect(tagsOfText(tokenizeTweet(text), [{ type: 'PER', start: 3, end: 8 }])).toEqual(['O', 'B-PER', 'I-PER', 'O']);
});
