import {
  allocateBatch,
  batchTensors,
  writeRow,
  type EncodedSentence,
  type InputWidths,
} from '../../shared/features/word-encoder.ts';
import type { Tensor } from '../../shared/ort/tensor.ts';
import type { Chunk } from '../data/batches.ts';

/** A training sentence as numbers. */
export interface Example {
  readonly sentence: EncodedSentence;
  /** Label of each word. */
  readonly tags: Int32Array;
}

/** The inputs of one run: K batches of B sentences padded to T, [K, B, T, ...]; rows of no sentence are all masked. */
export function chunkFeeds(
  chunk: Chunk,
  examples: readonly Example[],
  widths: InputWidths,
): Readonly<Record<string, Tensor>> {
  const { paddedLength, batches } = chunk;
  const batchSize = batches[0]!.length;
  const rows = batches.length * batchSize;
  const arrays = allocateBatch(widths, rows, paddedLength);
  const tags = new Int32Array(rows * paddedLength); // [K, B, T]
  batches.forEach((batch, step) => {
    batch.forEach((index, i) => {
      if (index < 0) return;
      const example = examples[index]!;
      const row = step * batchSize + i;
      writeRow(arrays, widths, { row, paddedLength, sentence: example.sentence });
      tags.set(example.tags, row * paddedLength);
    });
  });
  const lead = [batches.length, batchSize, paddedLength];
  return { ...batchTensors(arrays, widths, lead), tags: { dtype: 'int32', dims: lead, data: tags } };
}

/** The inputs of each batch by itself, [B, T, ...]: views of what `chunkFeeds` has stacked. */
export function unstack(feeds: Readonly<Record<string, Tensor>>, count: number): Readonly<Record<string, Tensor>>[] {
  return Array.from({ length: count }, (_, step) => {
    const slices = Object.entries(feeds).map(([name, { dtype, dims, data }]) => {
      const length = data.length / count;
      const slice = data.subarray(step * length, (step + 1) * length);
      // The slice of an array is of the array's type.
      return [name, { dtype, dims: dims.slice(1), data: slice } as Tensor] as const;
    });
    return Object.fromEntries(slices);
  });
}
