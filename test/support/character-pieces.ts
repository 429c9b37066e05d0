import type { WordsTokenizer } from '../../shared/features/piece-input.ts';
import type { PieceEncoding } from '../../shared/text/piece-encoding.ts';

/** A word is cut into its characters; digits yield nothing, as control characters do in BERT. */
export const characterPieces: WordsTokenizer = {
  specials: { cls: 1, sep: 2, pad: 9 },
  encodeSentences: async (sentences) => sentences.map(encode),
};

function encode(words: readonly string[]): PieceEncoding {
  const pieces = words.flatMap((word, wordId) => {
    let end = 0;
    return Array.from(word, (character) => {
      const start = end;
      end += character.length;
      return { id: character.charCodeAt(0), wordId, start, end };
    }).filter(({ id }) => id > 57);
  });
  const column = (key: 'id' | 'wordId' | 'start' | 'end'): Int32Array => Int32Array.from(pieces, (piece) => piece[key]);
  return { ids: column('id'), wordIds: column('wordId'), starts: column('start'), ends: column('end') };
}
