import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { seededSplit } from '../../../training/data/seeded-split.ts';
import { refusal } from '../../support/refusal.ts';

const keyOf = (item: string): string => item[0]!;

test('gives each part its share of the keys, keeps a key together and the order as it was', () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-t]\d$/), { minLength: 1 }).filter((items) => new Set(items.map(keyOf)).size > 2),
      fc.nat(),
      (items, seed) => {
        const shares = { train: 0.6, dev: 0.2, test: 0.2 };
        const split = seededSplit(items, { keyOf, shares, rng: createRng(seed) });
        const parts = Object.values(split);
        expect(parts.flat().sort()).toEqual([...items].sort());
        expect(parts.every((part) => part.length > 0)).toBe(true);
        const keys = parts.map((part) => new Set(part.map(keyOf)));
        const all = new Set(items.map(keyOf)).size;
        // No key is in two parts, or the sizes would add up to more.
        expect(keys.reduce((sum, { size }) => sum + size, 0)).toBe(all);
        if (all >= 5) expect(keys[0]!.size).toBe(Math.round(0.6 * all));
        for (const part of parts) {
          const left = [...items];
          for (const item of part) {
            const at = left.indexOf(item);
            expect(at).toBeGreaterThanOrEqual(0);
            left.splice(0, at + 1);
          }
        }
      },
    ),
  );
});

test('draws the same parts from the same seed, and others from another', () => {
  const items = Array.from({ length: 40 }, (_, i) => String.fromCodePoint(0x4e00 + i));
  const draw = (seed: number): readonly string[] =>
    seededSplit(items, { keyOf, shares: { train: 0.8, dev: 0.2 }, rng: createRng(seed) }).dev;
  expect(draw(1)).toHaveLength(8);
  expect(draw(1)).toEqual(draw(1));
  expect(draw(2)).not.toEqual(draw(1));
});

test('fails when there are fewer keys than parts', () => {
  const split = (): unknown =>
    seededSplit(['a1', 'a2'], { keyOf, shares: { train: 0.8, dev: 0.2 }, rng: createRng(1) });
  expect(refusal(split)).toContain('E_CORPUS_EMPTY corpus: too little to split, got 1; expected at least 2');
});
