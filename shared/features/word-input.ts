import { EMISSIONS_OUTPUT } from '../contracts/manifest.ts';
import type { GraphInput, GraphWindow } from '../model/graph-input.ts';
import type { Tensor } from '../ort/tensor.ts';

/** Turns the words of sentences into the graph's inputs, padded to `paddedLength` words: new arrays on each call. */
export interface WordBatchEncoder {
  encode(sentences: readonly (readonly string[])[], paddedLength: number): Record<string, Tensor>;
}

export interface WordWindow extends GraphWindow {
  readonly words: readonly string[];
}

/** @param maxWords words that the graph sees at once, at least 2; longer sentences are cut into overlapping windows */
export function createWordInput(encoder: WordBatchEncoder, maxWords: number): GraphInput<WordWindow> {
  return {
    output: EMISSIONS_OUTPUT,
    maxLength: maxWords,
    windows: async (sentences) => sentences.flatMap((words, sentence) => windowsOf(words, sentence, maxWords)),
    feeds: (windows, paddedLength) =>
      encoder.encode(
        windows.map(({ words }) => words),
        paddedLength,
      ),
  };
}

function windowsOf(words: readonly string[], sentence: number, maxWords: number): readonly WordWindow[] {
  return wordRanges(words.length, maxWords).map(({ start, end, keepStart, keepEnd }) => ({
    sentence,
    length: end - start,
    keepStart,
    keepEnd,
    places: Int32Array.from({ length: keepEnd - keepStart }, (_, i) => keepStart - start + i),
    words: end - start === words.length ? words : words.slice(start, end),
  }));
}

/** Words [start, end) that the graph sees together, and those of them, [keepStart, keepEnd), whose scores count. */
export interface WordRange {
  readonly start: number;
  readonly end: number;
  readonly keepStart: number;
  readonly keepEnd: number;
}

/**
 * A long sentence is cut into ranges that overlap by half; where two overlap, the first half of the overlap counts from
 * the earlier one, so each word is seen with at least a quarter of `maxWords` of context.
 */
export function wordRanges(length: number, maxWords: number): readonly WordRange[] {
  if (length === 0) return [];
  if (length <= maxWords) return [{ start: 0, end: length, keepStart: 0, keepEnd: length }];
  const stride = Math.ceil(maxWords / 2);
  const starts: number[] = [];
  for (let start = 0; start + maxWords < length; start += stride) starts.push(start);
  starts.push(length - maxWords);
  const seam = (next: number): number => Math.floor((starts[next]! + starts[next - 1]! + maxWords) / 2);
  return starts.map((start, i) => ({
    start,
    end: start + maxWords,
    keepStart: i === 0 ? 0 : seam(i),
    keepEnd: i === starts.length - 1 ? length : seam(i + 1),
  }));
}
