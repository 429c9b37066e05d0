import { NerError } from '../../shared/ner-error.ts';
import type { Rng } from '../../shared/random.ts';

/** Some batches of one shape, for one `run()` of the training program. */
export interface Chunk {
  /** T: the length that every sentence of the chunk is padded to; a multiple of 4. */
  readonly paddedLength: number;
  /** Up to `stepsPerRun` batches of equally many rows; each holds sentence numbers, -1 for an empty row to be masked. */
  readonly batches: readonly Int32Array[];
}

/** How large a batch is; at least one of the two. */
export interface BatchSize {
  /** B: sentences in a batch, at most. */
  readonly batchSize?: number | undefined;
  /**
   * Positions in a batch, at most: its sentences times the length they are padded to. A sentence that alone is longer
   * is a batch by itself.
   */
  readonly maxTokens?: number | undefined;
}

/**
 * Which sentences meet in a batch. `bucketed`: those of like length, so that little is padding. `shuffled`: any, as a
 * plain loop draws them, which the longest of each batch makes slow.
 */
export type BatchOrder = 'bucketed' | 'shuffled';

export interface BatchPlan extends BatchSize {
  /** Default bucketed. */
  readonly order?: BatchOrder;
  /** Positions of each sentence, words or sub-words, at least 0. */
  readonly lengths: ArrayLike<number>;
  /** K: batches in a chunk, at most. */
  readonly stepsPerRun: number;
  readonly rng: Rng;
}

/** Few distinct lengths mean few shapes for the runtime to plan memory for. */
const LENGTH_MULTIPLE = 4;

/**
 * One epoch in chunks: every sentence exactly once, sentences of like length together, so that little is padding. All
 * batches are full but one, which holds the shortest sentences, where empty rows cost least; where `maxTokens` lets
 * batches differ in rows anyway, it has no empty rows. Which sentences of a length meet, and the order of the chunks,
 * are drawn from `rng`: the same state gives the same plan.
 *
 * @throws {E_INTERNAL} a size or stepsPerRun is not a positive integer, or there is no size.
 */
export function planBatches(plan: BatchPlan): Chunk[] {
  const { lengths, stepsPerRun, maxTokens, rng } = plan;
  checkSizes(plan);
  const order = rng.shuffle(Array.from({ length: lengths.length }, (_, index) => index));
  if (plan.order === 'shuffled') return shuffledBatches(order, plan);
  // The sort is stable, so sentences of one padded length stay in random order.
  order.sort((a, b) => padded(lengths[a]!) - padded(lengths[b]!));
  const byShape = new Map<string, { paddedLength: number; batches: Int32Array[] }>();
  for (const { start, end, rows, paddedLength } of cuts(order, plan).reverse()) {
    const batch = new Int32Array(maxTokens === undefined ? rows : end - start).fill(-1); // [B]
    batch.set(order.slice(start, end));
    const shape = `${batch.length} x ${paddedLength}`;
    const group = byShape.get(shape);
    if (group === undefined) byShape.set(shape, { paddedLength, batches: [batch] });
    else group.batches.push(batch);
  }
  const chunks: Chunk[] = [];
  for (const { paddedLength, batches } of byShape.values()) {
    const shuffled = rng.shuffle(batches);
    for (let start = 0; start < shuffled.length; start += stepsPerRun) {
      chunks.push({ paddedLength, batches: shuffled.slice(start, start + stepsPerRun) });
    }
  }
  return rng.shuffle(chunks);
}

/** Batches of a random order, each a chunk, because each has another shape. */
function shuffledBatches(order: readonly number[], { lengths, batchSize, maxTokens }: BatchPlan): Chunk[] {
  if (batchSize === undefined || maxTokens !== undefined) {
    throw new NerError('E_INTERNAL', 'internal: planBatches: shuffled batches are cut by batchSize alone.');
  }
  return Array.from({ length: Math.ceil(order.length / batchSize) }, (_, i) => {
    const batch = order.slice(i * batchSize, (i + 1) * batchSize);
    const paddedLength = padded(Math.max(...batch.map((index) => lengths[index]!)));
    return { paddedLength, batches: [Int32Array.from(batch)] };
  });
}

/**
 * Batches in a plan, which lengths and size alone decide: the steps of an epoch.
 *
 * @throws {E_INTERNAL} a size is not a positive integer, or there is none.
 */
export function countBatches(plan: BatchSize & Pick<BatchPlan, 'lengths'>): number {
  checkSizes(plan);
  const order = Array.from({ length: plan.lengths.length }, (_, index) => index);
  order.sort((a, b) => plan.lengths[a]! - plan.lengths[b]!);
  return cuts(order, plan).length;
}

interface Cut {
  /** Sentences [start, end) of the order. */
  readonly start: number;
  readonly end: number;
  /** Sentences that the batch has room for. */
  readonly rows: number;
  readonly paddedLength: number;
}

/** Cuts an order by rising length into batches, from its end: the longest sentences fill theirs, the shortest may not. */
function cuts(
  order: readonly number[],
  { lengths, batchSize = Infinity, maxTokens = Infinity }: BatchSize & Pick<BatchPlan, 'lengths'>,
): Cut[] {
  const found: Cut[] = [];
  for (let end = order.length; end > 0;) {
    const paddedLength = padded(lengths[order[end - 1]!]!);
    const rows = Math.min(batchSize, Math.max(1, Math.floor(maxTokens / paddedLength)));
    const start = Math.max(0, end - rows);
    found.push({ start, end, rows, paddedLength });
    end = start;
  }
  return found;
}

function checkSizes({
  batchSize,
  maxTokens,
  stepsPerRun,
}: BatchSize & { readonly stepsPerRun?: number | undefined }): void {
  for (const [name, value] of Object.entries({ batchSize, maxTokens, stepsPerRun })) {
    if (value === undefined || (Number.isInteger(value) && value >= 1)) continue;
    throw new NerError('E_INTERNAL', `internal: planBatches: ${name} must be a positive integer, got ${value}.`);
  }
  if (batchSize === undefined && maxTokens === undefined) {
    throw new NerError('E_INTERNAL', 'internal: planBatches: needs a batchSize or maxTokens.');
  }
}

function padded(length: number): number {
  return Math.max(1, Math.ceil(length / LENGTH_MULTIPLE)) * LENGTH_MULTIPLE;
}
