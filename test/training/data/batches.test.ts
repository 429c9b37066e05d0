import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { type Chunk, planBatches } from '../../../training/data/batches.ts';

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

  test('is the same for the same seed, and another for another', () => {
    const lengths = Array.from({ length: 100 }, (_, i) => (i * 7) % 30);
    const plan = (seed: number): readonly Chunk[] =>
      planBatches({ lengths, batchSize: 8, stepsPerRun: 4, rng: createRng(seed) });
    expect(plan(3)).toEqual(plan(3));
    expect(rows(plan(3))).not.toEqual(rows(plan(4)));
  });

  test('fails when a size is no positive integer', () => {
    const plan = { lengths: [1], batchSize: 1, stepsPerRun: 1, rng: createRng(1) };
    for (const wrong of [{ batchSize: 0 }, { stepsPerRun: 1.5 }]) {
      expect(() => planBatches({ ...plan, ...wrong })).toThrow(expect.objectContaining({ code: 'E_INTERNAL' }));
    }
  });
});
