import type { GraphWindow } from './graph-input.ts';

/** Windows that go through the graph in one run. */
export interface Batch<Window extends GraphWindow> {
  readonly windows: readonly Window[];
  readonly paddedLength: number;
}

export interface BatchPlanOptions {
  /** No window is padded to more places. */
  readonly maxLength: number;
  /** Windows of a batch. */
  readonly maxRows: number;
}

/** Padded lengths are multiples of this, so a tweet of usual length has three places of padding on average. */
const BUCKET_STEP = 8;

/** From here on of this: long sentences are rare, and few lengths fill batches better. */
const LONG_FROM = 64;
const LONG_STEP = 32;

/**
 * Sorts windows into batches by length. How far a window is padded depends on its own length only, so what a sentence
 * gets does not depend on what else is asked for.
 */
export function planBatches<Window extends GraphWindow>(
  windows: readonly Window[],
  { maxLength, maxRows }: BatchPlanOptions,
): readonly Batch<Window>[] {
  const buckets = Map.groupBy(windows, ({ length }) => Math.min(paddedLengthOf(length), maxLength));
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

function paddedLengthOf(length: number): number {
  const step = length > LONG_FROM ? LONG_STEP : BUCKET_STEP;
  return Math.ceil(length / step) * step;
}
