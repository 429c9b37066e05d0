import { describe, expect, test } from 'vitest';
import { cleanWord, MAX_WORD_UNITS, normalizeWord } from '../../../shared/features/clean-word.ts';
import { featureBucket } from '../../../shared/features/feature-hash.ts';
import { createVectorLookup, type VectorTable } from '../../../shared/features/vector-table.ts';
import { createWordEncoder } from '../../../shared/features/word-encoder.ts';
import { SENTENCE_FLAGS, sentenceFlags, WORD_FLAGS, wordFlags } from '../../../shared/features/word-flags.ts';
import { wordShape } from '../../../shared/features/word-shape.ts';
import { fitFeatures } from '../../../training/models/feature-plan.ts';

describe('spelling', () => {
  test.each([
    ['&lt;3', '<3'],
    ['don\u2019t', "don't"],
    ['\u200bDubai', 'Dubai'],
    ['\u200b', '\u200b'],
  ])('cleanWord makes %j %j', (word, clean) => {
    expect(cleanWord(word)).toBe(clean);
  });

  test('cleanWord looks at both ends of a word that is too long to mean something', () => {
    const longest = 'a'.repeat(MAX_WORD_UNITS);
    expect(cleanWord(longest)).toBe(longest);
    expect(cleanWord(`#${'a'.repeat(100_000)}!`)).toBe(`#${'a'.repeat(MAX_WORD_UNITS - 2)}!`);
    expect(cleanWord('\u200b'.repeat(100_000))).toBe('\u200b'.repeat(MAX_WORD_UNITS));
  });

  test.each([
    ['Sooooo', 'soo'],
    ['2016', '00'],
    ['http://t.co/x', '<url>'],
    ['@someone', '<usr>'],
    ['@', '@'],
    ['#NewYork', '#newyork'],
  ])('normalizeWord makes %j %j', (word, norm) => {
    expect(normalizeWord(word)).toBe(norm);
  });

  test.each([
    ['iPhone6S', 1, 'xXxdX'],
    ['iPhone6S', 2, 'xXxxdX'],
    ['LOL!!!', 2, 'XX!!'],
    ['Ünal', 1, 'Xx'],
    ['👍👍👍', 2, 'uu'],
    ['a.b.c.d.e.f.g', 1, 'x.x.x.x.x.'],
  ])('wordShape of %j with runs of %i is %j', (word, run, shape) => {
    expect(wordShape(word, run)).toBe(shape);
  });
});

describe('featureBucket', () => {
  // FNV-1a 32 of "w|a" and of "w|é" (UTF-8 c3 a9), computed with Python: h ^= b; h = h * 16777619 & 0xffffffff.
  test.each([
    ['a', 0x38c2a3cd],
    ['é', 0x43eedc6a],
  ])('of %j is FNV-1a over kind and UTF-8, folded', (text, hash) => {
    expect(featureBucket('w', text, 2 ** 31)).toBe(((hash ^ (hash >>> 15)) >>> 0) % 2 ** 31);
  });
});

describe('flags', () => {
  test('say what a word looks like', () => {
    const names = ['allUpper', 'oneUpper', 'capitalised', 'allLower', 'innerUpper', 'digit'];
    const of = (word: string): string[] => names.filter((_, i) => wordFlags(word)[i] === 1);
    expect(of('NASA')).toEqual(['allUpper']);
    expect(of('I')).toEqual(['oneUpper']);
    expect(of('#Paris')).toEqual(['capitalised']);
    expect(of('iPhone6')).toEqual(['innerUpper', 'digit']);
    expect(of('éclair')).toEqual(['allLower']);
  });

  test('say what a sentence looks like', () => {
    expect(sentenceFlags(['RT', 'GO', 'Team', 'now', 'http://x'])).toEqual([3 / 4, 2 / 4, 0, 0, 5 / 40, 1, 1]);
  });
});

describe('vector look-up', () => {
  const words = ['new', 'york', 'soo', 'of', 'a'];
  const table: VectorTable = {
    dim: 2,
    index: new Map(words.map((word, i) => [word, i])),
    ranks: Int32Array.of(50, 500, 9000, 3, 7),
    values: Float16Array.from(words.flatMap((_, i) => [i, 10 * i])),
  };
  const lookUp = createVectorLookup(table);

  test.each([
    ['New', [0, 0], 0],
    ['Sooooo', [2, 20], 0],
    ['#NewYork', [0.5, 5], 1],
    ['#newyork', [0.5, 5], 1],
    ['new-york', [0.5, 5], 1],
    ["york's", [1, 10], 0],
  ])('finds %j', (word, vector, composed) => {
    expect([...lookUp(word).vector]).toEqual(vector);
    expect(lookUp(word).extras.slice(1)).toEqual([0, composed]);
  });

  test.each(['@new', 'http://new', 'zzz', '#zzzz'])('finds nothing for %j, and says so', (word) => {
    expect(lookUp(word)).toEqual({ vector: new Float32Array(2), extras: [0, 1, 0] });
  });
});

describe('createWordEncoder', () => {
  const plan = [
    { feature: 'word', buckets: 1024, width: 4 },
    { feature: 'suffix2', buckets: 64, width: 2 },
  ] as const;
  const settings = fitFeatures(
    [
      ['rain', 'in', 'Spain'],
      ['rain', 'again'],
    ],
    { features: plan, characters: 6 },
    null,
  );
  const encoder = createWordEncoder(settings);

  test('gives row 0 to words that training saw less than twice, and to unseen suffixes', () => {
    const { ids } = encoder.encodeSentence(['rain', 'Spain', 'sun']);
    const [rain, ain, spain, spainAin, sun, un] = ids;
    expect(rain).toBeGreaterThan(0);
    expect(spain).toBe(0);
    expect(spainAin).toBe(ain);
    expect(ain).toBeGreaterThan(0);
    expect([sun, un]).toEqual([0, 0]);
  });

  test('pads a batch with zeros and masks the padding', () => {
    const batch = encoder.encode([['rain'], ['in', 'Spain']], 4);
    expect(batch['mask']!.dims).toEqual([2, 4]);
    expect([...batch['mask']!.data]).toEqual([1, 0, 0, 0, 1, 1, 0, 0]);
    expect(batch['ids']!.dims).toEqual([2, 4, 2]);
    expect([...batch['ids']!.data.slice(2, 8)]).toEqual([0, 0, 0, 0, 0, 0]);
    expect(batch['flags']!.dims).toEqual([2, 4, WORD_FLAGS + 2 + SENTENCE_FLAGS]);
    expect(batch['vectors']).toBeUndefined();
  });

  test('does not depend on what was encoded before', () => {
    const fresh = createWordEncoder(settings).encodeSentence(['in', 'rain']);
    encoder.encodeSentence(['RAIN', 'Spain', 'in']);
    expect(encoder.encodeSentence(['in', 'rain'])).toEqual(fresh);
  });
});
