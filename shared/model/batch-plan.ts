import type { BatchShape, GraphWindow } from './graph-input.ts';

/** Windows that go through the graph in one run. */
export interface Batch<Window extends GraphWindow> {
  readonly windows: readonly Window[];
  readonly paddedLength: number;
}

export interface BatchPlanOptions extends BatchShape {
  /** No window is padded to more places. */
  readonly maxLength: number;
}

/** From here on lengths are rounded up to multiples of this: long sentences are rare, and few lengths fill batches better. */
const LONG_FROM = 64;
const LONG_STEP = 32;

/**
 * Sorts windows into batches by length. How far a window is padded depends on its own length only, so what a sentence
 * gets does not depend on what else is asked for.
 */
export function planBatches<Window extends GraphWindow>(
  windows: readonly Window[],
  { maxLength, maxRows, lengthStep }: BatchPlanOptions,
): readonly Batch<Window>[] {
  const buckets = Map.groupBy(windows, ({ length }) => Math.min(paddedLengthOf(length, lengthStep), maxLength));
  // Longest first: what takes longest should not start last.
  return [...buckets]
    .sort(([a], [b]) => b - a)
    .flatMap(([paddedLength, ofLength]) =>
      Array.from({ length: Math.ceil(ofLength.length / maxRows) }, (_, i) => ({
        paddedLength,
        windows: ofLength.slice(i * maxRows, (i + 1) * maxRows),
      })),
    );
}

function paddedLengthOf(length: number, lengthStep: number): number {
  const step = length > LONG_FROM && lengthStep > 1 ? LONG_STEP : lengthStep;
  return Math.ceil(length / step) * step;
}
