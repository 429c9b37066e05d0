import { NerError } from '../ner-error.ts';
import type { Session } from '../ort/session.ts';
import type { Tensor } from '../ort/tensor.ts';
import { planBatches } from './batch-plan.ts';
import type { GraphInput, GraphWindow } from './graph-input.ts';

/** Scores of one sentence's words: [W, L] from `offset` on. */
export interface SentenceEmissions {
  readonly emissions: Float32Array;
  readonly offset: number;
  readonly length: number;
}

export interface EmitterOptions {
  readonly run: Session['run'];
  readonly input: GraphInput;
  /** L. */
  readonly labels: number;
  /** Batches under way at the same time. */
  readonly concurrency: number;
  /** Windows of a batch. */
  readonly maxRows: number;
}

/**
 * The score of every label but O, the first, at a word that the graph does not see: such a word is O whatever stands
 * around it, and its score says so. Finite, so that sums stay numbers.
 */
const UNSEEN = -1e4;

/**
 * Runs sentences through the graph and calls `visit` once for each that has words, in no particular order. The
 * emissions of a sentence longer than a window are put together from its windows.
 *
 * @throws {E_SHAPE_MISMATCH} when the graph does not give emissions [B, T, L]
 */
export async function emit(
  sentences: readonly (readonly string[])[],
  visit: (sentence: number, emissions: SentenceEmissions) => void,
  options: EmitterOptions,
): Promise<void> {
  const { input, labels, maxRows } = options;
  const partial = new Map<number, { readonly emissions: Float32Array; wordsLeft: number }>();
  const keep = (window: GraphWindow, scores: Float32Array): void => {
    const { sentence, keepStart, keepEnd, places } = window;
    const length = sentences[sentence]!.length;
    const whole = partial.get(sentence) ?? { emissions: new Float32Array(length * labels), wordsLeft: length };
    if (whole.wordsLeft === length) partial.set(sentence, whole);
    places.forEach((place, i) => {
      const at = (keepStart + i) * labels;
      if (place >= 0) whole.emissions.set(scores.subarray(place * labels, (place + 1) * labels), at);
      else whole.emissions.fill(UNSEEN, at + 1, at + labels);
    });
    whole.wordsLeft -= keepEnd - keepStart;
    if (whole.wordsLeft > 0) return;
    partial.delete(sentence);
    visit(sentence, { emissions: whole.emissions, offset: 0, length });
  };
  const windows = await input.windows(sentences);
  const seen = new Set(windows.map(({ sentence }) => sentence));
  sentences.forEach(({ length }, sentence) => {
    if (length > 0 && !seen.has(sentence)) keep(unseen(sentence, length), new Float32Array(0));
  });
  await inLanes(options.concurrency, planBatches(windows, { maxLength: input.maxLength, maxRows }), async (batch) => {
    const rows = batch.windows.length;
    const { [input.output]: output } = await options.run(input.feeds(batch.windows, batch.paddedLength), [
      input.output,
    ]);
    const scored = input.scoredLength?.(batch.windows) ?? batch.paddedLength;
    const emissions = checkEmissions(input.output, output, [rows, scored, labels]);
    const size = scored * labels;
    batch.windows.forEach((window, row) => {
      keep(window, emissions.subarray(row * size, (row + 1) * size));
    });
  });
}

function unseen(sentence: number, words: number): GraphWindow {
  return { sentence, length: 0, keepStart: 0, keepEnd: words, places: new Int32Array(words).fill(-1) };
}

/** Runs the action on each item, on so many at a time, until one fails. */
async function inLanes<T>(lanes: number, items: readonly T[], action: (item: T) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < items.length) await action(items[next++]!);
  };
  try {
    await Promise.all(Array.from({ length: Math.min(lanes, items.length) }, lane));
  } finally {
    next = items.length;
  }
}

function checkEmissions(name: string, output: Tensor | undefined, expected: readonly number[]): Float32Array {
  if (output?.dtype === 'float32' && output.dims.join() === expected.join()) return output.data;
  const got = output === undefined ? 'no such output' : `${output.dtype} [${output.dims.join(', ')}]`;
  throw new NerError(
    'E_SHAPE_MISMATCH',
    `predict: the graph's output '${name}' is wrong, got ${got}; expected float32 [${expected.join(', ')}]. ` +
      "The graph and the manifest's labels are of different models.",
  );
}
