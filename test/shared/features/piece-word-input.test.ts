import { describe, expect, test } from 'vitest';
import { createPieceWordInput } from '../../../shared/features/piece-word-input.ts';
import type { WordsTokenizer } from '../../../shared/features/piece-input.ts';
import { untrainedTagger } from '../../support/tiny-training.ts';

const { encoder } = untrainedTagger();

/** A piece for each character; a word of digits yields none. */
const tokenizer: WordsTokenizer = {
  specials: { cls: 1, sep: 2, pad: 0 },
  encodeSentences: async (sentences) =>
    sentences.map((words) => {
      const pieces = words.flatMap((word, wordId) =>
        Array.from(word.replaceAll(/\d/g, ''), (character) => [character.charCodeAt(0), wordId] as const),
      );
      const none = new Int32Array(pieces.length);
      const ids = Int32Array.from(pieces, ([id]) => id);
      return { ids, wordIds: Int32Array.from(pieces, ([, wordId]) => wordId), starts: none, ends: none };
    }),
};

const words = ['Ada', '7', 'in', 'Paris'];

describe('createPieceWordInput', () => {
  test('has a row for each word with a piece, at the first of its pieces', async () => {
    const input = createPieceWordInput({ tokenizer, maxPieces: 32, encoder });
    const [window] = await input.windows([words]);
    // [CLS] A d a i n P a r i s [SEP]
    expect([...window!.firstPieces]).toEqual([1, 4, 6]);
    expect([...window!.places]).toEqual([0, -1, 1, 2]);
  });

  test('takes the features of a word from its whole sentence, whatever the window', async () => {
    const whole = encoder.encodeSentence(words);
    const windows = await createPieceWordInput({ tokenizer, maxPieces: 7, encoder }).windows([words]);
    expect(windows.length).toBeGreaterThan(1);
    const { tables, flags } = encoder.widths;
    for (const { keepStart, places, words: features } of windows) {
      places.forEach((row, i) => {
        if (row < 0) return;
        const word = keepStart + i;
        const of = (array: Int32Array | Float32Array, at: number, width: number): number[] => [
          ...array.subarray(at * width, (at + 1) * width),
        ];
        expect(of(features.ids, row, tables)).toEqual(of(whole.ids, word, tables));
        expect(of(features.flags, row, flags)).toEqual(of(whole.flags, word, flags));
      });
    }
  });

  test('feeds positions among all pieces of the batch, and pads words apart from pieces', async () => {
    const input = createPieceWordInput({ tokenizer, maxPieces: 32, encoder });
    const windows = await input.windows([words, ['Rome']]);
    const feeds = input.feeds(windows, 12);
    expect(input.scoredLength?.(windows)).toBe(4);
    expect(feeds['input_ids']!.dims).toEqual([2, 12]);
    expect(feeds['positions']).toEqual({
      dtype: 'int32',
      dims: [2, 4],
      data: Int32Array.of(1, 4, 6, 0, 13, 0, 0, 0),
    });
    expect([...(feeds['mask']!.data as Float32Array)]).toEqual([1, 1, 1, 0, 1, 0, 0, 0]);
    expect(feeds['words.ids']!.dims).toEqual([2, 4, encoder.widths.tables]);
  });
});
