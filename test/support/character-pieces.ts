import type { WordsTokenizer } from '../../shared/features/piece-input.ts';
import type { PieceEncoding } from '../../shared/text/piece-encoding.ts';

/** A word is cut into its characters; digits yield nothing, as control characters do in BERT. */
export const characterPieces: WordsTokenizer = {
  specials: { cls: 1, sep: 2, pad: 9 },
  encodeSentences: async (sentences) => sentences.map(encode),
};

function encode(words: readonly string[]): PieceEncoding {
  const pieces = words.flatMap((word, wordId) =>
    Array.from(word, (character, i) => ({ id: character.charCodeAt(0), wordId, start: i, end: i + 1 })).filter(
      ({ id }) => id > 57,
    ),
  );
  const column = (key: 'id' | 'wordId' | 'start' | 'end'): Int32Array => Int32Array.from(pieces, (piece) => piece[key]);
  return { ids: column('id'), wordIds: column('wordId'), starts: column('start'), ends: column('end') };
}
