import { expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { createMentionReplacer } from '../../../training/models/mention-replacement.ts';

const training = [
  { words: ['in', 'New', 'York'], tags: ['O', 'B-geo-loc', 'I-geo-loc'] },
  { words: ['Oslo', 'with', 'Ann'], tags: ['B-geo-loc', 'O', 'B-person'] },
];

test('replaces each entity by one of its type, words and tags together', () => {
  const replace = createMentionReplacer(training, 1);
  const seen = new Set<string>();
  for (let seed = 0; seed < 20; seed++) {
    const { words, tags } = replace(training[1]!, createRng(seed));
    expect(words).toHaveLength(tags.length);
    seen.add(words.map((word, i) => `${word}/${tags[i]}`).join(' '));
  }
  expect([...seen].sort()).toEqual([
    'New/B-geo-loc York/I-geo-loc with/O Ann/B-person',
    'Oslo/B-geo-loc with/O Ann/B-person',
  ]);
});

test('leaves a sentence as it is with probability 0, or without entities', () => {
  expect(createMentionReplacer(training, 0)(training[0]!, createRng(1))).toBe(training[0]);
  const plain = { words: ['hi'], tags: ['O'] };
  expect(createMentionReplacer(training, 1)(plain, createRng(1))).toBe(plain);
});
