import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRng } from '../../shared/random.ts';

const draws = 20_000;

test('draws the same numbers for the same seed and label, and others for another', () => {
  const first = (seed: number, label?: string): number => createRng(seed, label).uniform();
  expect(first(1)).toBe(first(1));
  expect(new Set([first(1), first(2), first(1, 'a'), first(1, 'b'), first(1.5)]).size).toBe(5);
});

test('forks a stream that does not depend on what was drawn before', () => {
  const [fresh, used] = [createRng(3), createRng(3)];
  used.uniform();
  expect(used.fork('x').uniform()).toBe(fresh.fork('x').uniform());
  expect(fresh.fork('y').uniform()).not.toBe(fresh.fork('x').uniform());
});

test('forks streams for labels that differ in a number, whose first draws are as spread as any', () => {
  // Of 1,000 uniform numbers the mean product of neighbours is 1/4 with a standard deviation of about 0.3 / sqrt(1000).
  const first = Array.from({ length: 1_001 }, (_, i) => createRng(5).fork(`epoch ${i}`).uniform());
  const product = first.slice(1).reduce((sum, x, i) => sum + x * first[i]!, 0) / 1_000;
  expect(Math.abs(product - 1 / 4)).toBeLessThan((5 * 0.3) / Math.sqrt(1_000));
  const steps = first.slice(1).map((x, i) => (x - first[i]! + 1) % 1);
  const inFirstQuarter = steps.filter((step) => step < 1 / 4).length;
  expect(Math.abs(inFirstQuarter - 250)).toBeLessThan(5 * Math.sqrt(1_000 * (1 / 4) * (3 / 4)));
});

test('has the moments of the uniform and of the normal distribution, within five standard errors', () => {
  const rng = createRng(11);
  const mean = (values: readonly number[]): number => values.reduce((sum, x) => sum + x, 0) / values.length;
  const uniform = Array.from({ length: draws }, () => rng.uniform());
  const normal = Array.from({ length: draws }, () => rng.normal());
  expect(Math.abs(mean(uniform) - 1 / 2)).toBeLessThan(5 * Math.sqrt(1 / 12 / draws));
  expect(Math.abs(mean(normal))).toBeLessThan(5 * Math.sqrt(1 / draws));
  expect(Math.abs(mean(normal.map((x) => x * x)) - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
});

test('shuffles into a permutation and leaves its argument alone; int stays below its bound', () => {
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.integer()), fc.integer({ min: 1, max: 1000 }), (seed, items, bound) => {
      const rng = createRng(seed);
      const before = [...items];
      expect([...rng.shuffle(items)].sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      expect(items).toEqual(before);
      const drawn = rng.int(bound);
      expect(drawn >= 0 && drawn < bound && Number.isInteger(drawn)).toBe(true);
    }),
  );
});
