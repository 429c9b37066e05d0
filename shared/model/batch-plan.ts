/** Words [start, end) of a sentence that go through the graph together, and those whose emissions count. */
export interface Window {
  readonly sentence: number;
  readonly start: number;
  readonly end: number;
  /** Half-open, within [start, end). */
  readonly keepStart: number;
  readonly keepEnd: number;
}

/** Windows that go through the graph in one run. */
export interface Batch {
  readonly windows: readonly Window[];
  readonly paddedLength: number;
}

export interface BatchPlanOptions {
  /** Words of a window; at least 2. */
  readonly maxWords: number;
  /** Windows of a batch. */
  readonly maxRows: number;
}

/** Padded lengths are multiples of this, so a tweet of usual length has three words of padding on average. */
const BUCKET_STEP = 8;

/** From here on of this: long sentences are rare, and few lengths fill batches better. */
const LONG_FROM = 64;
const LONG_STEP = 32;

/**
 * Sorts sentences of these lengths into batches. How far a window is padded depends on its own length only, so what a
 * sentence gets does not depend on what else is asked for. Sentences of no words are in no batch.
 */
export function planBatches(lengths: readonly number[], { maxWords, maxRows }: BatchPlanOptions): readonly Batch[] {
  const buckets = new Map<number, Window[]>();
  lengths.forEach((length, sentence) => {
    for (const window of windowsOf(sentence, length, maxWords)) {
      const paddedLength = Math.min(paddedLengthOf(window.end - window.start), maxWords);
      const bucket = buckets.get(paddedLength);
      if (bucket === undefined) buckets.set(paddedLength, [window]);
      else bucket.push(window);
    }
  });
  // Longest first: what takes longest should not start last.
  return [...buckets]
    .sort(([a], [b]) => b - a)
    .flatMap(([paddedLength, windows]) =>
      Array.from({ length: Math.ceil(windows.length / maxRows) }, (_, i) => ({
        paddedLength,
        windows: windows.slice(i * maxRows, (i + 1) * maxRows),
      })),
    );
}

/**
 * The windows of one sentence. A long one is cut into windows that overlap by half; where two overlap, the first half
 * of the overlap counts from the earlier one, so each word is seen with at least a quarter window of context.
 */
export function windowsOf(sentence: number, length: number, maxWords: number): readonly Window[] {
  if (length === 0) return [];
  if (length <= maxWords) return [{ sentence, start: 0, end: length, keepStart: 0, keepEnd: length }];
  const stride = Math.ceil(maxWords / 2);
  const starts: number[] = [];
  for (let start = 0; start + maxWords < length; start += stride) starts.push(start);
  starts.push(length - maxWords);
  const seam = (next: number): number => Math.floor((starts[next]! + starts[next - 1]! + maxWords) / 2);
  return starts.map((start, i) => ({
    sentence,
    start,
    end: start + maxWords,
    keepStart: i === 0 ? 0 : seam(i),
    keepEnd: i === starts.length - 1 ? length : seam(i + 1),
  }));
}

function paddedLengthOf(length: number): number {
  const step = length > LONG_FROM ? LONG_STEP : BUCKET_STEP;
  return Math.ceil(length / step) * step;
}
