import { describe, expect, test } from 'vitest';
import { dataProfile } from '../../../training/report/data-profile.ts';
import { measured } from '../../support/tiny-report.ts';

describe('dataProfile', () => {
  test('counts entities by type, words outside, and sentences by length', () => {
    const train = [measured('a/B-x b/I-x c/O'), measured('d/B-y')];
    const dev = [measured('e/O f/B-x')];
    expect(dataProfile({ train, dev })).toEqual({
      types: ['x', 'y'],
      lengths: [0, 1, 2, 3].map((from) => ({ from, to: from + 1 })),
      splits: [
        { split: 'train', sentences: 2, words: 4, outside: 1 / 4, entities: [1, 1], lengths: [0, 1, 0, 1] },
        { split: 'dev', sentences: 1, words: 2, outside: 1 / 2, entities: [1, 0], lengths: [0, 0, 1, 0] },
      ],
    });
  });

  test('has at most twenty lengths, and each sentence is in one of them', () => {
    for (const longest of [19, 20, 39, 40, 154]) {
      const sentences = Array.from({ length: longest }, (_, i) => ({
        words: Array.from({ length: i + 1 }, () => 'w'),
        gold: Array.from({ length: i + 1 }, () => 'O'),
      }));
      const { lengths, splits } = dataProfile({ train: sentences });
      expect(lengths.length).toBeLessThanOrEqual(20);
      lengths.forEach(({ from, to }, i) => {
        const inside = sentences.filter(({ words }) => words.length >= from && words.length < to);
        expect(splits[0]!.lengths[i]).toBe(inside.length);
      });
      expect(splits[0]!.lengths.reduce((sum, count) => sum + count, 0)).toBe(longest);
    }
  });

  test('of no sentences is empty', () => {
    expect(dataProfile({ dev: [] })).toEqual({
      types: [],
      lengths: [],
      splits: [{ split: 'dev', sentences: 0, words: 0, outside: 0, entities: [], lengths: [] }],
    });
  });
});
