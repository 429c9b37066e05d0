import { expect, test } from 'vitest';
import type { Sentence } from '../../../shared/corpus/conll.ts';
import { totalCounts, totalDifferences } from '../../../training/recipes/total-counts.ts';

const sentence = (tags: string): Sentence => {
  const list = tags.split(' ');
  return { words: list.map((_, i) => `w${i}`), tags: list, file: 'a', line: 1 };
};

const corpus = {
  train: [sentence('B-x I-x O'), sentence('O')],
  dev: [sentence('B-y')],
  test: [sentence('O B-x B-x')],
};

test('counts sentences, words, entities and tags of all splits', () => {
  const tags = { 'B-x': 3, 'I-x': 1, 'B-y': 1, O: 3 };
  expect(totalCounts(corpus)).toEqual({ sentences: 4, tokens: 8, entities: 4, tags });
  expect(totalCounts({ train: corpus.train, dev: corpus.dev })).toMatchObject({ sentences: 3, tokens: 5, entities: 2 });
});

test('says where counts are not those that are known', () => {
  const known = { sentences: 4, tokens: 9, entities: 3, tags: { O: 9 } };
  expect(totalDifferences(totalCounts(corpus), known)).toEqual([
    "all splits together have 8 tokens, where the recipe's own data has 9",
    "all splits together have 4 entities, where the recipe's own data has 3",
  ]);
  expect(totalDifferences(totalCounts(corpus), totalCounts(corpus))).toEqual([]);
  expect(totalDifferences(totalCounts(corpus), undefined)).toEqual([]);
});

test('compares tags of either side where there are as many words', () => {
  const known = { sentences: 4, tokens: 8, entities: 4, tags: { 'B-x': 3, 'I-x': 2, O: 3, 'B-z': 1 } };
  expect(totalDifferences(totalCounts(corpus), known)).toEqual([
    "all splits together have 1 words tagged B-y, where the recipe's own data has 0",
    "all splits together have 0 words tagged B-z, where the recipe's own data has 1",
    "all splits together have 1 words tagged I-x, where the recipe's own data has 2",
  ]);
});
