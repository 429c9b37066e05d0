import { LOGITS_OUTPUT } from '../contracts/manifest.ts';
import type { GraphInput, GraphWindow, WindowPieces } from '../model/graph-input.ts';
import type { Tensor } from '../ort/tensor.ts';
import type { PieceEncoding } from '../text/piece-encoding.ts';
import { pieceWindows } from '../text/piece-windows.ts';
import type { SpecialTokenIds } from '../text/tokenizer-settings.ts';

/** What a sentence is cut into pieces with. */
export interface WordsTokenizer {
  readonly specials: Pick<SpecialTokenIds, 'cls' | 'sep' | 'pad'>;
  /** The words of each sentence; `wordIds` are their indices. */
  encodeSentences(sentences: readonly (readonly string[])[]): Promise<readonly PieceEncoding[]>;
}

export interface PieceWindow extends GraphWindow {
  /** The pieces with the special tokens around them, [length]. */
  readonly ids: Int32Array;
  /** The word of each piece, -1 for special tokens, [length]. */
  readonly wordIds: Int32Array;
  /** Pieces [keptFrom, keptTo) of `ids` are those of the words that are kept. */
  readonly keptFrom: number;
  readonly keptTo: number;
  /** All pieces of the sentence, and which of them is the window's first. */
  readonly encoding: PieceEncoding;
  readonly firstPiece: number;
}

/** Names of the inputs of a Hugging Face graph, int64 [B, T]. */
export const PIECE_INPUTS = { ids: 'input_ids', mask: 'attention_mask' } as const;

/** One special token before the pieces and one after them. */
const SPECIAL_PIECES = 2;

/**
 * A place of padding costs an encoder as much as a piece, and few rows fill its matrix products already, so a window is
 * not padded at all but runs with others of its length.
 */
export const PIECE_BATCHES = { lengthStep: 1, maxRows: 8 } as const;

/**
 * The inputs of a transformer: word pieces between the first and the last special token. The scores of a word are those
 * of its first piece. A sentence of more than `maxPieces` is cut into overlapping windows, and each word counts from the
 * window in which it stands farther from the edge.
 *
 * @param maxPieces pieces of a window, special tokens included
 */
export function createPieceInput(tokenizer: WordsTokenizer, maxPieces: number): GraphInput<PieceWindow> {
  const padId = tokenizer.specials.pad ?? 0;
  return {
    output: LOGITS_OUTPUT,
    maxLength: maxPieces,
    batches: PIECE_BATCHES,
    pieces: windowPieces,
    windows: async (sentences) => {
      const encoded = await tokenizer.encodeSentences(sentences);
      return encoded.flatMap((pieces, sentence) =>
        windowsOf(pieces, { sentence, words: sentences[sentence]!.length, maxPieces, specials: tokenizer.specials }),
      );
    },
    feeds: (windows, paddedLength) => {
      const dims = [windows.length, paddedLength];
      // Small numbers as int64: the low halves of the elements, on the little-endian machines that onnxruntime runs on.
      const ids = new BigInt64Array(windows.length * paddedLength).fill(BigInt(padId)); // [B, T]
      const mask = new BigInt64Array(windows.length * paddedLength); // [B, T]
      const [idHalves, maskHalves] = [new Int32Array(ids.buffer), new Int32Array(mask.buffer)];
      windows.forEach((window, row) => {
        for (let t = 0, at = 2 * row * paddedLength; t < window.length; t++, at += 2) {
          idHalves[at] = window.ids[t]!;
          maskHalves[at] = 1;
        }
      });
      const tensor = (data: BigInt64Array): Tensor => ({ dtype: 'int64', dims, data });
      return { [PIECE_INPUTS.ids]: tensor(ids), [PIECE_INPUTS.mask]: tensor(mask) };
    },
  };
}

interface WindowsOptions {
  readonly sentence: number;
  /** How many words the sentence has; some may yield no piece. */
  readonly words: number;
  readonly maxPieces: number;
  readonly specials: WordsTokenizer['specials'];
}

function windowsOf(
  pieces: PieceEncoding,
  { sentence, words, maxPieces, specials }: WindowsOptions,
): readonly PieceWindow[] {
  const cuts = pieceWindows(pieces.wordIds, { maxPieces, specialPieces: SPECIAL_PIECES });
  return cuts.map(({ start, end, keepStart, keepEnd }, i) => {
    const length = end - start + SPECIAL_PIECES;
    const ids = new Int32Array(length);
    ids[0] = specials.cls;
    ids.set(pieces.ids.subarray(start, end), 1);
    ids[length - 1] = specials.sep;
    const wordIds = new Int32Array(length).fill(-1);
    wordIds.set(pieces.wordIds.subarray(start, end), 1);
    // Words without a piece belong to the window of the word before them.
    const keepWord = i === 0 ? 0 : pieces.wordIds[keepStart]!;
    const keepWordEnd = i === cuts.length - 1 ? words : pieces.wordIds[cuts[i + 1]!.keepStart]!;
    const places = new Int32Array(keepWordEnd - keepWord).fill(-1);
    for (let piece = keepEnd - 1; piece >= keepStart; piece--) {
      places[pieces.wordIds[piece]! - keepWord] = piece - start + 1;
    }
    return {
      sentence,
      length,
      keepStart: keepWord,
      keepEnd: keepWordEnd,
      places,
      ids,
      wordIds,
      keptFrom: keepStart - start + 1,
      keptTo: keepEnd - start + 1,
      encoding: pieces,
      firstPiece: start,
    };
  });
}

function windowPieces({ keptFrom, keptTo, firstPiece, encoding }: PieceWindow): WindowPieces {
  // One special token stands before the first piece.
  const [from, to] = [firstPiece + keptFrom - 1, firstPiece + keptTo - 1];
  return {
    places: Int32Array.from({ length: keptTo - keptFrom }, (_, i) => keptFrom + i),
    wordIds: encoding.wordIds.subarray(from, to),
    starts: encoding.starts.subarray(from, to),
    ends: encoding.ends.subarray(from, to),
  };
}
