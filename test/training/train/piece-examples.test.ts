import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { createLabelSet } from '../../../shared/labels/label-set.ts';
import { ALIGNMENT_POLICIES, type AlignmentPolicy } from '../../../shared/text/align-labels.ts';
import type { ExampleMaker } from '../../../training/train/examples.ts';
import { createPieceExamples, type PieceExample } from '../../../training/train/piece-examples.ts';
import { characterPieces } from '../../support/character-pieces.ts';

// O, B-person, I-person
const labels = createLabelSet(['person']);
const code = (character: string): number => character.charCodeAt(0);

function makerOf(policy: AlignmentPolicy, maxPieces = 16): ExampleMaker<PieceExample> {
  return createPieceExamples({ input: createPieceInput(characterPieces, maxPieces), labels, policy, padId: 9 });
}

const sentence = { words: ['ab', '7', 'cde'], tags: ['B-person', 'I-person', 'O'] };

describe('createPieceExamples', () => {
  test.each<[AlignmentPolicy, number[], number[]]>([
    ['first', [1, 3], [1, 0]],
    ['begin-inside', [1, 2, 3, 4, 5], [1, 2, 0, 0, 0]],
    ['same', [1, 2, 3, 4, 5], [1, 1, 0, 0, 0]],
  ])('labels the pieces that the policy %s labels; a word without a piece is none', async (policy, places, tags) => {
    const [example] = await makerOf(policy).make([sentence]);
    expect(example).toMatchObject({ sentence: 0, length: 7 });
    expect([...example!.ids]).toEqual([1, ...Array.from('abcde', code), 2]);
    expect([[...example!.places], [...example!.tags]]).toEqual([places, tags]);
  });

  test('feeds each labelled piece as its row among all pieces of the batch, in a multiple of 4 positions', async () => {
    const maker = makerOf('first');
    const [a, b] = await maker.make([sentence, { words: ['f'], tags: ['B-person'] }]);
    const { ids, attention, positions, tags, mask } = maker.feeds([a, undefined, b], 8);
    const data = (tensor: typeof ids): number[] => Array.from(tensor!.data as Float32Array);
    expect([ids!.dims, attention!.dims, positions!.dims]).toEqual([
      [3, 8],
      [3, 8],
      [3, 4],
    ]);
    expect(data(ids)).toEqual([
      1,
      ...Array.from('abcde', code),
      2,
      9,
      ...Array<number>(8).fill(9),
      1,
      code('f'),
      2,
      9,
      9,
      9,
      9,
      9,
    ]);
    expect(data(attention)).toEqual([1, 1, 1, 1, 1, 1, 1, ...Array<number>(9).fill(0), 1, 1, 1, 0, 0, 0, 0, 0]);
    expect(data(positions)).toEqual([1, 3, 0, 0, 0, 0, 0, 0, 17, 0, 0, 0]);
    expect(data(tags)).toEqual([1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
    expect(data(mask)).toEqual([1, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]);
  });

  test('has every word with a piece once, however long the sentence and small the windows are', async () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(
        fc.array(word, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 3, max: 12 }),
        fc.constantFrom(...ALIGNMENT_POLICIES),
        async (words, maxPieces, policy) => {
          // The label of a word tells which it is.
          const own = createLabelSet(words.map((_, i) => `w${i}`));
          const input = createPieceInput(characterPieces, maxPieces);
          const maker = createPieceExamples({ input, labels: own, policy, padId: 9 });
          const examples = await maker.make([{ words, tags: words.map((_, i) => `B-w${i}`) }]);
          const found = examples.flatMap(({ tags }) => Array.from(tags, (tag) => Number(own.labels[tag]!.slice(3))));
          const pieces = words.map((text) => text.replaceAll('1', '').length);
          const expected = pieces.flatMap((count, i) => {
            if (count === 0) return [];
            return Array<number>(policy === 'first' ? 1 : count).fill(i);
          });
          // A word longer than a window is cut: it has its first piece, and perhaps not all others.
          if (policy === 'first' || Math.max(...pieces) <= maxPieces - 2) expect(found).toEqual(expected);
          else expect([...new Set(found)]).toEqual([...new Set(expected)]);
        },
      ),
    );
  });
});
