import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { type Chunk, countBatches, planBatches } from '../../../training/data/batches.ts';

const plans = fc.record({
  lengths: fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 200 }),
  batchSize: fc.integer({ min: 1, max: 17 }),
  stepsPerRun: fc.integer({ min: 1, max: 9 }),
  seed: fc.integer(),
});
const rows = (chunks: readonly Chunk[]): number[] => chunks.flatMap(({ batches }) => batches.flatMap((b) => [...b]));

describe('planBatches', () => {
  test('has every sentence once, in full batches but one', () => {
    fc.assert(
      fc.property(plans, ({ seed, ...plan }) => {
        const chunks = planBatches({ ...plan, rng: createRng(seed) });
        const all = rows(chunks);
        const real = all.filter((row) => row >= 0).sort((a, b) => a - b);
        expect(real).toEqual(plan.lengths.map((_, i) => i));
        expect(all.length).toBe(Math.ceil(plan.lengths.length / plan.batchSize) * plan.batchSize);
        const batches = chunks.flatMap((chunk) => chunk.batches);
        expect(batches.every((batch) => batch.length === plan.batchSize)).toBe(true);
        expect(batches.filter((batch) => batch.includes(-1)).length).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('pads each chunk to the least multiple of 4 that its longest sentence needs, and groups like lengths', () => {
    fc.assert(
      fc.property(plans, ({ seed, ...plan }) => {
        const chunks = planBatches({ ...plan, rng: createRng(seed) });
        for (const { paddedLength, batches } of chunks) {
          expect(batches.length).toBeGreaterThan(0);
          expect(batches.length).toBeLessThanOrEqual(plan.stepsPerRun);
          for (const batch of batches) {
            const longest = Math.max(1, ...[...batch].filter((row) => row >= 0).map((row) => plan.lengths[row]!));
            expect(paddedLength).toBe(Math.ceil(longest / 4) * 4);
          }
        }
        // No plan of these batch sizes pads less: sorting by length is optimal (exchange argument), and the empty
        // rows lie in the shortest batch.
        const lengths = plan.lengths.map((length) => Math.max(4, Math.ceil(length / 4) * 4)).sort((a, b) => b - a);
        const least = lengths.filter((_, i) => i % plan.batchSize === 0).reduce((sum, length) => sum + length, 0);
        const used = chunks.reduce((sum, chunk) => sum + chunk.paddedLength * chunk.batches.length, 0);
        expect(used).toBe(least);
      }),
    );
  });

  test('by tokens has every sentence once, and no batch that is too large or could be larger', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 300 }), fc.boolean(), ({ seed, ...plan }, maxTokens, both) => {
        const size = { maxTokens, batchSize: both ? plan.batchSize : undefined };
        const chunks = planBatches({ ...plan, ...size, rng: createRng(seed) });
        expect(rows(chunks).sort((a, b) => a - b)).toEqual(plan.lengths.map((_, i) => i));
        const batches = chunks.flatMap(({ paddedLength, batches: some }) =>
          some.map((batch) => ({ paddedLength, rows: batch.length })),
        );
        const capacity = (length: number): number =>
          Math.min(size.batchSize ?? Infinity, Math.max(1, Math.floor(maxTokens / length)));
        for (const batch of batches) expect(batch.rows).toBeLessThanOrEqual(capacity(batch.paddedLength));
        const loose = batches.filter((batch) => batch.rows < capacity(batch.paddedLength));
        expect(loose.length).toBeLessThanOrEqual(1);
        expect(countBatches({ lengths: plan.lengths, ...size })).toBe(batches.length);
        for (const { batches: some } of chunks) expect(new Set(some.map((batch) => batch.length)).size).toBe(1);
      }),
    );
  });

  test('by tokens pads to the longest of the batch, and puts only neighbours in length together', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 300 }), ({ seed, lengths, stepsPerRun }, maxTokens) => {
        const chunks = planBatches({ lengths, maxTokens, stepsPerRun, rng: createRng(seed) });
        const padded = (row: number): number => Math.max(4, Math.ceil(lengths[row]! / 4) * 4);
        const batches = chunks.flatMap(({ paddedLength, batches: some }) =>
          some.map((batch) => {
            const own = [...batch].map(padded);
            expect(paddedLength).toBe(Math.max(...own));
            return { shortest: Math.min(...own), longest: paddedLength };
          }),
        );
        // In order of length the batches do not overlap.
        batches.sort((a, b) => a.shortest - b.shortest || a.longest - b.longest);
        batches.slice(1).forEach((batch, i) => {
          expect(batches[i]!.longest).toBeLessThanOrEqual(batch.shortest);
        });
      }),
    );
  });

  test('by tokens pads little of a corpus of tweets: at most an eighth', () => {
    // 2,000 sentences of 1 to 40 sub-words; by hand: half a multiple of 4 (two positions) of twenty on average.
    const rng = createRng(5);
    const lengths = Array.from({ length: 2000 }, () => 1 + rng.int(40));
    const chunks = planBatches({ lengths, maxTokens: 512, stepsPerRun: 1, rng });
    const used = chunks.reduce((sum, { paddedLength, batches }) => sum + paddedLength * batches[0]!.length, 0);
    const real = lengths.reduce((sum, length) => sum + length, 0);
    expect(1 - real / used).toBeLessThan(1 / 8);
  });

  test('by tokens gives a sentence that is too long a batch of its own', () => {
    const chunks = planBatches({ lengths: [3, 50, 3], maxTokens: 8, stepsPerRun: 4, rng: createRng(1) });
    const shapes = chunks.map(({ paddedLength, batches }) => [paddedLength, batches.map((batch) => batch.length)]);
    expect(shapes.sort()).toEqual([
      [4, [2]],
      [52, [1]],
    ]);
  });

  test('shuffled cuts a random order as it comes, each batch padded to its own longest sentence', () => {
    fc.assert(
      fc.property(plans, ({ seed, ...plan }) => {
        const chunks = planBatches({ ...plan, order: 'shuffled', rng: createRng(seed) });
        expect(rows(chunks).sort((a, b) => a - b)).toEqual(plan.lengths.map((_, i) => i));
        for (const { paddedLength, batches } of chunks) {
          const longest = Math.max(...[...batches[0]!].map((index) => plan.lengths[index]!));
          expect([batches.length, paddedLength]).toEqual([1, Math.max(4, Math.ceil(longest / 4) * 4)]);
        }
        const full = chunks.slice(0, -1).every(({ batches }) => batches[0]!.length === plan.batchSize);
        expect(full).toBe(true);
      }),
    );
  });

  test('fails when shuffled batches are to be cut by tokens', () => {
    const plan = { lengths: [1, 2], order: 'shuffled', maxTokens: 8, stepsPerRun: 1, rng: createRng(1) } as const;
    expect(() => planBatches(plan)).toThrow(expect.objectContaining({ code: 'E_INTERNAL' }));
  });

  test('is the same for the same seed, and another for another', () => {
    const lengths = Array.from({ length: 100 }, (_, i) => (i * 7) % 30);
    const plan = (seed: number): readonly Chunk[] =>
      planBatches({ lengths, batchSize: 8, stepsPerRun: 4, rng: createRng(seed) });
    expect(plan(3)).toEqual(plan(3));
    expect(rows(plan(3))).not.toEqual(rows(plan(4)));
  });

  test('fails when a size is no positive integer, or there is none', () => {
    const plan = { lengths: [1], batchSize: 1, stepsPerRun: 1, rng: createRng(1) };
    for (const wrong of [{ batchSize: 0 }, { maxTokens: -1 }, { stepsPerRun: 1.5 }, { batchSize: undefined }]) {
      expect(() => planBatches({ ...plan, ...wrong })).toThrow(expect.objectContaining({ code: 'E_INTERNAL' }));
    }
  });
});
