import { expect, test } from 'vitest';
import { readConll } from '../../../shared/corpus/conll.ts';
import { countDifferences, splitCounts } from '../../../training/recipes/split-counts.ts';

const sentences = (text: string): ReturnType<typeof readConll> => readConll({ name: 'x', text });
// Two sentences of three words and one; an entity of two words and one of one.
const train = sentences('New\tB-loc\nYork\tI-loc\nnow\tO\n\nAda\tB-person\n');
const dev = sentences('rain\tO\n');
const counts = splitCounts({ train, dev });

test('counts sentences, words and entities of the splits there are', () => {
  expect(counts).toEqual({
    train: { sentences: 2, tokens: 4, entities: 2 },
    dev: { sentences: 1, tokens: 1, entities: 0 },
  });
});

test('says each difference from what is expected, a split that is missing too, and nothing where nothing is', () => {
  expect(countDifferences(counts, undefined)).toEqual([]);
  expect(countDifferences(counts, counts)).toEqual([]);
  const expected = { ...counts, train: { sentences: 2, tokens: 5, entities: 2 }, test: { ...counts.dev!, tokens: 9 } };
  expect(countDifferences(counts, expected)).toEqual([
    "train has 4 tokens, where the recipe's own data has 5",
    "test has 0 sentences, where the recipe's own data has 1",
    "test has 0 tokens, where the recipe's own data has 9",
  ]);
});
