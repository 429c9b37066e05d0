import { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';
import { rangeIn, type AnnotatedText, type TextRange } from './annotated-text.ts';

/** Words as `[start, end]` in code points. */
export const wordsSchema = z.array(z.tuple([z.int(), z.int()]));

/**
 * Words of a file as ranges of its text, without those that are white space only, which spaCy has.
 *
 * @param words in code points
 * @throws {E_CORPUS_MALFORMED} words that are outside of the text, or not in order
 */
export function wordsFrom(
  text: string,
  words: readonly (readonly [start: number, end: number])[] | undefined,
  place: string,
): readonly TextRange[] | undefined {
  if (words === undefined) return undefined;
  let end = 0;
  const ranges = words.map(([from, to], i) => {
    const range = rangeIn(text, { start: from, end: to }, 'code points');
    if (range === undefined || range.start < end) {
      throw new NerError(
        'E_CORPUS_MALFORMED',
        `${place}: word ${i + 1} is not in the text or not after the one before, got [${from}, ${to}); expected words in order. Correct its offsets, or leave the words out.`,
      );
    }
    ({ end } = range);
    return range;
  });
  return ranges.filter((range) => text.slice(range.start, range.end).trim() !== '');
}

/** The words of a text: those that it came with, else those that serving would see. */
export function wordsOf({ text, words }: Pick<AnnotatedText, 'text' | 'words'>): readonly TextRange[] {
  return words ?? tokenizeTweet(text);
}
