import { EMISSIONS_OUTPUT } from '../contracts/manifest.ts';
import type { GraphInput } from '../model/graph-input.ts';
import type { Tensor } from '../ort/tensor.ts';
import { createPieceInput, PIECE_BATCHES, type PieceWindow, type WordsTokenizer } from './piece-input.ts';
import { selectWords } from './select-words.ts';
import {
  allocateBatch,
  batchTensors,
  writeRow,
  type BatchArrays,
  type EncodedSentence,
  type InputWidths,
  type WordEncoder,
} from './word-encoder.ts';

/** Pieces of a window, and the features of those of its words that count and have a piece. */
export interface PieceWordWindow extends PieceWindow {
  /** The place of the first piece of each of these words, [W]. */
  readonly firstPieces: Int32Array;
  readonly words: EncodedSentence;
}

/** What the graph calls the inputs of words, beside those of pieces. */
export const WORD_PREFIX = 'words.';
/** Rows of the first pieces of words among the B T pieces of a batch, int32 [B, W]. */
export const POSITIONS_INPUT = 'positions';
/** 1 for words and 0 for padding, float32 [B, W]. */
export const WORD_MASK_INPUT = 'mask';

/** Few distinct widths mean few shapes for the runtime to plan for. */
const WIDTH_MULTIPLE = 4;

export interface PieceWordInputOptions {
  readonly tokenizer: WordsTokenizer;
  readonly maxPieces: number;
  readonly encoder: WordEncoder;
}

/**
 * The inputs of a transformer with features of words beside its pieces. The graph's output has a row for each word that
 * counts and has a piece.
 */
export function createPieceWordInput(options: PieceWordInputOptions): GraphInput<PieceWordWindow> {
  const { tokenizer, maxPieces, encoder } = options;
  const pieces = createPieceInput(tokenizer, maxPieces);
  return {
    output: EMISSIONS_OUTPUT,
    maxLength: maxPieces,
    batches: PIECE_BATCHES,
    scoredLength: paddedWords,
    windows: async (sentences) => {
      const encoded = sentences.map((words) => encoder.encodeSentence(words));
      const windows = await pieces.windows(sentences);
      return windows.map((window) => withWords(window, encoded[window.sentence]!, encoder));
    },
    feeds: (windows, paddedLength) => ({
      ...pieces.feeds(windows, paddedLength),
      ...wordFeeds(windows, paddedLength, encoder),
    }),
  };
}

function withWords(window: PieceWindow, sentence: EncodedSentence, { widths }: WordEncoder): PieceWordWindow {
  const seen = Array.from(window.places.keys()).filter((i) => window.places[i]! >= 0);
  const places = new Int32Array(window.places.length).fill(-1);
  seen.forEach((i, row) => {
    places[i] = row;
  });
  const indices = seen.map((i) => window.keepStart + i);
  return {
    ...window,
    places,
    firstPieces: Int32Array.from(seen, (i) => window.places[i]!),
    words: selectWords(sentence, widths, indices),
  };
}

/** W of a batch. */
export function paddedWords(windows: readonly (Pick<PieceWordWindow, 'firstPieces'> | undefined)[]): number {
  const most = Math.max(1, ...windows.map((window) => window?.firstPieces.length ?? 0));
  return Math.ceil(most / WIDTH_MULTIPLE) * WIDTH_MULTIPLE;
}

/**
 * Positions, mask and features of the words of a batch; a row of no window is all masked.
 *
 * @param paddedLength T of the batch
 */
export function wordFeeds(
  windows: readonly (Pick<PieceWordWindow, 'firstPieces' | 'words'> | undefined)[],
  paddedLength: number,
  { widths }: WordEncoder,
): Record<string, Tensor> {
  const width = paddedWords(windows);
  const arrays = allocateBatch(widths, windows.length, width);
  const positions = new Int32Array(windows.length * width); // [B, W]
  windows.forEach((window, row) => {
    if (window === undefined) return;
    writeRow(arrays, widths, { row, paddedLength: width, sentence: window.words });
    window.firstPieces.forEach((place, i) => {
      positions[row * width + i] = row * paddedLength + place;
    });
  });
  const lead = [windows.length, width];
  return {
    ...wordTensors(arrays, widths, lead),
    [POSITIONS_INPUT]: { dtype: 'int32', dims: lead, data: positions },
    [WORD_MASK_INPUT]: { dtype: 'float32', dims: lead, data: arrays.mask },
  };
}

/** The features of a batch of words under the names that a graph of pieces and words has for them. */
export function wordTensors(arrays: BatchArrays, widths: InputWidths, lead: readonly number[]): Record<string, Tensor> {
  const features = Object.entries(batchTensors(arrays, widths, lead)).filter(([name]) => name !== 'mask');
  return Object.fromEntries(features.map(([name, tensor]) => [`${WORD_PREFIX}${name}`, tensor]));
}
