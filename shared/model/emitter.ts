import { EMISSIONS_OUTPUT } from '../contracts/manifest.ts';
import { NerError } from '../ner-error.ts';
import type { Session } from '../ort/session.ts';
import type { Tensor } from '../ort/tensor.ts';
import { planBatches } from './batch-plan.ts';
import type { Batch, BatchPlanOptions } from './batch-plan.ts';

/** Turns the words of sentences into the graph's inputs, padded to `paddedLength` words: new arrays on each call. */
export interface WordEncoder {
  encode(sentences: readonly (readonly string[])[], paddedLength: number): Record<string, Tensor>;
}

/** Scores of one sentence's words: [T, L] from `offset` on. */
export interface SentenceEmissions {
  readonly emissions: Float32Array;
  readonly offset: number;
  readonly length: number;
}

export interface EmitterOptions extends BatchPlanOptions {
  readonly run: Session['run'];
  readonly encoder: WordEncoder;
  /** L. */
  readonly labels: number;
  /** Batches under way at the same time. */
  readonly concurrency: number;
}

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
  const { labels, maxWords } = options;
  const lengths = sentences.map((words) => words.length);
  const long = new Map<number, { readonly emissions: Float32Array; wordsLeft: number }>();
  const keep = (batch: Batch, emissions: Float32Array): void => {
    for (const [row, { sentence, start, keepStart, keepEnd }] of batch.windows.entries()) {
      const length = lengths[sentence]!;
      const offset = row * batch.paddedLength * labels;
      if (length <= maxWords) {
        visit(sentence, { emissions, offset, length });
        continue;
      }
      const whole = long.get(sentence) ?? { emissions: new Float32Array(length * labels), wordsLeft: length };
      long.set(sentence, whole);
      const from = offset + (keepStart - start) * labels;
      whole.emissions.set(emissions.subarray(from, from + (keepEnd - keepStart) * labels), keepStart * labels);
      whole.wordsLeft -= keepEnd - keepStart;
      if (whole.wordsLeft === 0) visit(sentence, { emissions: whole.emissions, offset: 0, length });
    }
  };
  await inLanes(options.concurrency, planBatches(lengths, options), async (batch) => {
    const rows = batch.windows.map(({ sentence, start, end }) => {
      const words = sentences[sentence]!;
      return end - start === words.length ? words : words.slice(start, end);
    });
    const { [EMISSIONS_OUTPUT]: output } = await options.run(options.encoder.encode(rows, batch.paddedLength), [
      EMISSIONS_OUTPUT,
    ]);
    keep(batch, checkEmissions(output, [rows.length, batch.paddedLength, labels]));
  });
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

function checkEmissions(output: Tensor | undefined, expected: readonly number[]): Float32Array {
  if (output?.dtype === 'float32' && output.dims.join() === expected.join()) return output.data;
  const got = output === undefined ? 'no such output' : `${output.dtype} [${output.dims.join(', ')}]`;
  throw new NerError(
    'E_SHAPE_MISMATCH',
    `predict: the graph's output '${EMISSIONS_OUTPUT}' is wrong, got ${got}; expected float32 [${expected.join(', ')}]. ` +
      "The graph and the manifest's labels are of different models.",
  );
}
