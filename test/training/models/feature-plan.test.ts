import { describe, expect, test } from 'vitest';
import { cleanWord, hashtagBody, normalizeWord } from '../../../shared/features/clean-word.ts';
import { wordBuckets } from '../../../shared/features/feature-tables.ts';
import { fitFeatures } from '../../../training/models/feature-plan.ts';
import { tinyCorpus } from '../../support/tiny-training.ts';

const features = [
  { feature: 'word', buckets: 512, width: 8 },
  { feature: 'prefix3', buckets: 128, width: 4 },
  { feature: 'shape1', buckets: 64, width: 4 },
] as const;
const sentences = tinyCorpus.map((sentence) => sentence.words);
const { tables, ...rest } = fitFeatures(sentences, { features, characters: 7 }, 5);

const normOf = (word: string): string => hashtagBody(normalizeWord(cleanWord(word)));

/** The buckets of these words in table i, ascending, each once. */
function bucketsOf(words: readonly string[], i: number): number[] {
  const found = new Set(words.map((word) => wordBuckets(cleanWord(word), features)[i]!));
  return [...found].sort((a, b) => a - b);
}

describe('fitFeatures', () => {
  test('keeps the plan and says what the encoder needs', () => {
    expect(rest).toEqual({ kind: 'word-features', version: 1, characters: 7, vectorDim: 5 });
    expect(tables.map(({ feature, buckets, width }) => ({ feature, buckets, width }))).toEqual(features);
  });

  test('gives a row to each bucket of spelling that occurs', () => {
    expect(tables[1]!.rows).toEqual(bucketsOf(sentences.flat(), 1));
    expect(tables[2]!.rows).toEqual(bucketsOf(sentences.flat(), 2));
  });

  test('gives a row to words that occur twice, in any spelling of theirs, and to no others', () => {
    const norms = sentences.flat().map(normOf);
    const frequent = sentences.flat().filter((word) => norms.filter((norm) => norm === normOf(word)).length >= 2);
    expect(tables[0]!.rows).toEqual(bucketsOf(frequent, 0));
    // Paris and #paris are one word, as are New and new; lol is said once.
    expect(frequent).toContain('#paris');
    expect(frequent).toContain('new');
    expect(frequent).not.toContain('lol');
  });

  test('does not depend on the order of the sentences', () => {
    expect(fitFeatures(sentences.toReversed(), { features, characters: 7 }, 5).tables).toEqual(tables);
  });
});
