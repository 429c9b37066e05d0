import type { Tensor } from '../ort/tensor.ts';

/** What a graph sees of a sentence in one row of a run, and which of its scores count. */
export interface GraphWindow {
  readonly sentence: number;
  /** Places along the graph's time axis that the window fills, padding not counted. */
  readonly length: number;
  /** Words [keepStart, keepEnd) of the sentence take their scores from this window. */
  readonly keepStart: number;
  readonly keepEnd: number;
  /** The place of the scores of word `keepStart + i`; -1 for a word that the graph does not see. */
  readonly places: Int32Array;
}

/** How windows are put together into runs. */
export interface BatchShape {
  /** Lengths are padded to multiples of this. */
  readonly lengthStep: number;
  /** Windows of one run. */
  readonly maxRows: number;
}

/** The pieces of the words that count in a window, where the graph scores pieces. */
export interface WindowPieces {
  /** Their places along the axis of the scores. */
  readonly places: Int32Array;
  /** The word of each, as an index into the sentence. */
  readonly wordIds: Int32Array;
  /** What each stands for: half-open, in UTF-16 units of its word. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/**
 * Turns words into the inputs of a graph whose output is a score for each label at each place of its time axis. Words
 * or word pieces may be what stands there: that is the business of whoever makes one.
 */
export interface GraphInput<Window extends GraphWindow = GraphWindow> {
  /**
   * The windows of all sentences, by sentence. Those of one keep every word exactly once; a sentence of which the graph
   * sees nothing has none. Together, because a tokeniser may work in a thread of its own.
   */
  windows(sentences: readonly (readonly string[])[]): Promise<readonly Window[]>;
  /** The inputs of one run, a row for each window, padded to `paddedLength` places: new arrays on each call. */
  feeds(windows: readonly Window[], paddedLength: number): Record<string, Tensor>;
  /** The graph's output, a score for each label, float32 [B, S, L]. */
  readonly output: string;
  /** S: how many places of a batch have scores. Default: all, `paddedLength`. */
  scoredLength?(windows: readonly Window[]): number;
  /** No window is padded further. */
  readonly maxLength: number;
  /** What was measured to be fastest. Default: that of words. */
  readonly batches?: BatchShape;
  /** The pieces of a window; absent where the graph scores words. */
  pieces?(window: Window): WindowPieces;
}
