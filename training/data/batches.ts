import { NerError } from '../../shared/ner-error.ts';
import type { Rng } from '../../shared/random.ts';

/** Some batches of one padded length, for one `run()` of the training program. */
export interface Chunk {
  /** T: the length that every sentence of the chunk is padded to; a multiple of 4. */
  readonly paddedLength: number;
  /** Up to `stepsPerRun` batches; each holds `batchSize` sentence numbers, -1 for an empty row to be masked. */
  readonly batches: readonly Int32Array[];
}

export interface BatchPlan {
  /** Words of each sentence, at least 0. */
  readonly lengths: ArrayLike<number>;
  /** B: sentences in a batch. */
  readonly batchSize: number;
  /** K: batches in a chunk, at most. */
  readonly stepsPerRun: number;
  readonly rng: Rng;
}

/** Few distinct lengths mean few shapes for the runtime to plan memory for. */
const LENGTH_MULTIPLE = 4;

/**
 * One epoch in chunks: every sentence exactly once, sentences of like length together, so that little is padding. All
 * batches are full but one, which holds the shortest sentences, where empty rows cost least. Which sentences of a
 * length meet, and the order of the chunks, are drawn from `rng`: the same state gives the same plan.
 *
 * @throws {E_INTERNAL} batchSize or stepsPerRun is not a positive integer.
 */
export function planBatches({ lengths, batchSize, stepsPerRun, rng }: BatchPlan): Chunk[] {
  for (const [name, value] of Object.entries({ batchSize, stepsPerRun })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new NerError('E_INTERNAL', `internal: planBatches: ${name} must be a positive integer, got ${value}.`);
  }
  const order = rng.shuffle(Array.from({ length: lengths.length }, (_, index) => index));
  // The sort is stable, so sentences of one padded length stay in random order.
  order.sort((a, b) => padded(lengths[a]!) - padded(lengths[b]!));
  const byLength = new Map<number, Int32Array[]>();
  const firstSize = lengths.length % batchSize === 0 ? batchSize : lengths.length % batchSize;
  for (let start = 0, end = firstSize; start < order.length; start = end, end += batchSize) {
    const batch = new Int32Array(batchSize).fill(-1); // [B]
    batch.set(order.slice(start, end));
    const length = padded(lengths[order[end - 1]!]!);
    const batches = byLength.get(length);
    if (batches === undefined) byLength.set(length, [batch]);
    else batches.push(batch);
  }
  const chunks: Chunk[] = [];
  for (const [paddedLength, batches] of byLength) {
    const shuffled = rng.shuffle(batches);
    for (let start = 0; start < shuffled.length; start += stepsPerRun) {
      chunks.push({ paddedLength, batches: shuffled.slice(start, start + stepsPerRun) });
    }
  }
  return rng.shuffle(chunks);
}

function padded(length: number): number {
  return Math.max(1, Math.ceil(length / LENGTH_MULTIPLE)) * LENGTH_MULTIPLE;
}
