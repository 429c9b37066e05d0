import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createPieceInput } from '../../../shared/features/piece-input.ts';
import { characterPieces } from '../../support/character-pieces.ts';
import { codeOf } from '../../support/error-code.ts';

const id = (character: string): number => character.charCodeAt(0);

describe('createPieceInput', () => {
  test('puts the special tokens around the pieces, and a word where its first piece is', async () => {
    const [window] = await createPieceInput(characterPieces, 16).windows([['1'], ['ab', '7', 'c']]);
    expect(window).toMatchObject({ sentence: 1, length: 5, keepStart: 0, keepEnd: 3, keptFrom: 1, keptTo: 4 });
    expect([...window!.ids]).toEqual([1, id('a'), id('b'), id('c'), 2]);
    expect([...window!.wordIds]).toEqual([-1, 0, 0, 2, -1]);
    expect([...window!.places]).toEqual([1, -1, 3]);
  });

  test('feeds int64 ids with padding, and a mask of the pieces', async () => {
    const input = createPieceInput(characterPieces, 16);
    const windows = await input.windows([['ab'], ['c']]);
    const { input_ids: ids, attention_mask: mask } = input.feeds(windows, 5);
    expect(ids).toEqual({
      dtype: 'int64',
      dims: [2, 5],
      data: BigInt64Array.from([1, id('a'), id('b'), 2, 9, 1, id('c'), 2, 9, 9].map(BigInt)),
    });
    expect(mask).toEqual({
      dtype: 'int64',
      dims: [2, 5],
      data: BigInt64Array.from([1, 1, 1, 1, 0, 1, 1, 1, 0, 0].map(BigInt)),
    });
  });

  test('has no window for words without a piece', async () => {
    const input = createPieceInput(characterPieces, 16);
    expect(await input.windows([[], ['1', '2']])).toEqual([]);
  });

  test('keeps each word of a long sentence once, in order, at the place of its first piece', async () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '1'), maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.array(word, { maxLength: 40 }), fc.integer({ min: 3, max: 20 }), async (words, maxPieces) => {
        const windows = await createPieceInput(characterPieces, maxPieces).windows([words]);
        const kept = windows.flatMap(({ keepStart, keepEnd }) =>
          Array.from({ length: keepEnd - keepStart }, (_, i) => keepStart + i),
        );
        const hasPiece = words.some((text) => /[ab]/.test(text));
        expect(kept).toEqual(hasPiece ? [...words.keys()] : []);
        for (const { length, ids, wordIds, places, keepStart, keptFrom, keptTo } of windows) {
          expect(length).toBeLessThanOrEqual(maxPieces);
          places.forEach((place, i) => {
            const text = words[keepStart + i]!.replaceAll('1', '');
            expect(place >= 0).toBe(text !== '');
            if (place < 0) return;
            expect([wordIds[place], ids[place]]).toEqual([keepStart + i, id(text[0]!)]);
            expect([place >= keptFrom, place < keptTo, wordIds[place - 1] === wordIds[place]]).toEqual([
              true,
              true,
              false,
            ]);
          });
        }
      }),
    );
  });

  test('fails when no piece fits beside the special tokens', async () => {
    expect(await codeOf(() => createPieceInput(characterPieces, 2).windows([['a']]))).toBe('E_USAGE');
  });
});
