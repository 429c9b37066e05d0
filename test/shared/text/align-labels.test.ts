import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ALIGNMENT_POLICIES,
  IGNORED,
  alignLabels,
  firstPieces,
  wordLabelsOf,
  type AlignmentPolicy,
} from '../../../shared/text/align-labels.ts';
import { expectFails } from '../../support/expect-fails.ts';

const labels = ['O', 'B-geo-loc', 'I-geo-loc', 'B-person', 'I-person'];

function aligned(wordIds: readonly number[], tags: readonly string[], policy?: AlignmentPolicy): string[] {
  const wordLabels = tags.map((tag) => labels.indexOf(tag));
  const found = alignLabels(wordIds, wordLabels, policy === undefined ? { labels } : { labels, policy });
  return Array.from(found, (label) => (label === IGNORED ? '-' : labels[label]!));
}

/** A label index for each of at most 12 words. */
const draws = fc.array(fc.nat(4), { minLength: 12, maxLength: 12 });

/** Word ids as an encoder gives them: some words have no piece, and special tokens are around and between. */
const pieces = fc.array(fc.nat(3), { maxLength: 12 }).map((counts) => ({
  counts,
  wordIds: [-1, ...counts.flatMap((count, word) => new Array<number>(count).fill(word)), -1],
}));

describe('alignLabels', () => {
  // New York: two words of two pieces each, then a word of one piece, between special tokens.
  const wordIds = [-1, 0, 0, 1, 1, 2, -1];
  const tags = ['B-geo-loc', 'I-geo-loc', 'O'];

  test.each<[AlignmentPolicy | undefined, string[]]>([
    [undefined, ['-', 'B-geo-loc', '-', 'I-geo-loc', '-', 'O', '-']],
    ['first', ['-', 'B-geo-loc', '-', 'I-geo-loc', '-', 'O', '-']],
    ['begin-inside', ['-', 'B-geo-loc', 'I-geo-loc', 'I-geo-loc', 'I-geo-loc', 'O', '-']],
    ['same', ['-', 'B-geo-loc', 'B-geo-loc', 'I-geo-loc', 'I-geo-loc', 'O', '-']],
  ])('labels pieces under the policy %s', (policy, expected) => {
    expect(aligned(wordIds, tags, policy)).toEqual(expected);
  });

  test('keeps a B- whose I- is no label, as transformers does', () => {
    const found = alignLabels([0, 0], [1], { labels: ['O', 'B-x'], policy: 'begin-inside' });
    expect([...found]).toEqual([1, 1]);
  });

  test('hands the B- of a word without a piece to the I- after it, and to nothing else', () => {
    const tagsOf = (...words: string[]): string[] => aligned([1, 2, 2], words, 'begin-inside');
    expect(tagsOf('B-person', 'I-person', 'I-person')).toEqual(['B-person', 'I-person', 'I-person']);
    expect(tagsOf('B-person', 'I-geo-loc', 'O')).toEqual(['I-geo-loc', 'O', 'O']);
    expect(tagsOf('B-person', 'O', 'I-person')).toEqual(['O', 'I-person', 'I-person']);
    expect(aligned([2], ['B-person', 'I-person', 'I-person'])).toEqual(['B-person']);
    expect(aligned([0, 2], ['B-person', 'I-person', 'I-person'])).toEqual(['B-person', 'I-person']);
  });

  test('ignores the pieces of a word that is not to count', () => {
    for (const policy of ALIGNMENT_POLICIES) {
      expect([...alignLabels([0, 0, 1], [IGNORED, 3], { labels, policy })]).toEqual([IGNORED, IGNORED, 3]);
    }
  });

  test('labels nothing where there are no pieces', () => {
    expect(aligned([], ['O', 'B-person'])).toEqual([]);
    expect(aligned([-1, -1], [])).toEqual(['-', '-']);
  });

  test('never makes a legal sequence illegal, whichever words have no piece', () => {
    fc.assert(
      fc.property(pieces, draws, fc.constantFrom('first', 'begin-inside'), ({ counts, wordIds: ids }, draw, policy) => {
        let previous = 'O';
        const legal = counts.map((_, i) => {
          const tag = labels[draw[i]!]!;
          previous = tag.startsWith('I-') && previous.slice(2) !== tag.slice(2) ? `B-${tag.slice(2)}` : tag;
          return previous;
        });
        const found = aligned(ids, legal, policy as AlignmentPolicy).filter((tag) => tag !== '-');
        // An entity that lost a word in its middle and one that begins after it are both legal BIO.
        found.forEach((tag, i) => {
          if (tag.startsWith('I-')) expect(found[i - 1]?.slice(2)).toBe(tag.slice(2));
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('fails when a piece belongs to a word without a label', () => {
    expectFails(() => alignLabels([-1, 0, 2], [0, 0], { labels }), 'E_SHAPE_MISMATCH', 'got word 2 of 2');
  });
});

describe('wordLabelsOf', () => {
  test('takes the label of the first piece, and O for a word without a piece', () => {
    const tags = ['-', 'B-person', 'O', 'O', 'I-person', '-'];
    expect(wordLabelsOf(tags, [-1, 0, 0, 2, 3, -1], { words: 5, outside: 'O' })).toEqual([
      'B-person',
      'O',
      'O',
      'I-person',
      'O',
    ]);
    expect(wordLabelsOf([], [], { words: 2, outside: 'O' })).toEqual(['O', 'O']);
  });

  test('gives back what was aligned, under each policy', () => {
    fc.assert(
      fc.property(pieces, draws, ({ counts, wordIds }, draw) => {
        const wordLabels = counts.map((_, i) => [0, 1, 3][draw[i]! % 3]!);
        for (const policy of ALIGNMENT_POLICIES) {
          const pieceLabels = alignLabels(wordIds, wordLabels, { labels, policy });
          const found = wordLabelsOf(pieceLabels, wordIds, { words: counts.length, outside: 0 });
          expect(found).toEqual(wordLabels.map((label, word) => (counts[word] === 0 ? 0 : label)));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('firstPieces', () => {
  test('finds the first piece of each word', () => {
    expect([...firstPieces([-1, 0, 0, 2, -1], 4)]).toEqual([1, -1, 3, -1]);
    expect([...firstPieces([0, 5], 1)]).toEqual([0]);
  });
});
