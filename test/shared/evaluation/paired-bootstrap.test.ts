import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { entityReport } from '../../../shared/evaluation/evaluation-report.ts';
import { pairedBootstrap } from '../../../shared/evaluation/paired-bootstrap.ts';
import { quantile } from '../../../shared/evaluation/quantile.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

const alphabet = ['O', 'O', 'B-x', 'I-x', 'B-y'];

/** Random tags, and copies of them with some tags redrawn: a quarter and a half. */
function threeTaggings(seed: number, sentences: number): Record<'gold' | 'predicted' | 'against', string[][]> {
  const rng = createRng(seed);
  const draw = (): string => alphabet[rng.int(alphabet.length)]!;
  const gold = Array.from({ length: sentences }, () => Array.from({ length: 1 + rng.int(8) }, draw));
  const noisy = (one: number): string[][] => gold.map((tags) => tags.map((tag) => (rng.int(one) === 0 ? draw() : tag)));
  return { gold, predicted: noisy(4), against: noisy(2) };
}

describe('pairedBootstrap', () => {
  test('is the formula over resampled corpora, both models on the same sentences', () => {
    const taggings = threeTaggings(3, 25);
    const { gold, predicted, against } = taggings;
    const [b, level] = [60, 0.8];
    const f1 = (tags: readonly string[][], of: readonly string[][]): number =>
      entityReport(of, tags, { mode: 'default' }).micro.f1;
    const difference = f1(predicted, gold) - f1(against, gold);
    const rng = createRng(4);
    const differences = Array.from({ length: b }, () => {
      const drawn = gold.map(() => rng.int(gold.length));
      const of = (tags: readonly string[][]): string[][] => drawn.map((index) => tags[index]!);
      return f1(of(predicted), of(gold)) - f1(of(against), of(gold));
    });
    const found = pairedBootstrap({ ...taggings, resamples: b, level, rng: createRng(4) });
    expect(found).toMatchObject({ f1: f1(predicted, gold), againstF1: f1(against, gold), difference });
    const extreme = differences.filter((d) => Math.abs(d - difference) >= Math.abs(difference)).length;
    expect(found.pValue).toBe((1 + extreme) / (1 + b));
    expect(found.ahead).toBe(
      (differences.filter((d) => d > 0).length + differences.filter((d) => d === 0).length / 2) / b,
    );
    const sorted = differences.sort((x, y) => x - y);
    expect(isClose(found.interval.low, quantile(sorted, 0.1), tolerance.exactFloat64)).toBe(true);
    expect(isClose(found.interval.high, quantile(sorted, 0.9), tolerance.exactFloat64)).toBe(true);
    expect(found.interval).toMatchObject({ level, resamples: b });
  });

  test('has the exact distribution of two sentences', () => {
    // One model finds both entities, the other only the first. Resamples hold the second sentence 0, 1 or 2 times with
    // probabilities 1/4, 1/2, 1/4; the differences are 0, 1 - 2/3 and 1, and d(x) = 1/3. So |d(x_i) - d(x)| >= d(x)
    // for 0 and 1 of them: p is 1/2.
    const gold = [['B-x'], ['B-x']];
    const found = pairedBootstrap({ gold, predicted: gold, against: [['B-x'], ['O']], rng: createRng(1) });
    expect(isClose(found.difference, 1 / 3, tolerance.exactFloat64)).toBe(true);
    // Of 10,000 draws at 1/2 the standard error is .005.
    expect(Math.abs(found.pValue - 0.5)).toBeLessThan(4 * 0.005);
    expect(found.interval).toEqual({ low: 0, high: 1, level: 0.95, resamples: 10_000 });
  });

  test('is the same for the same seed, and turned round when the models change places', () => {
    const { gold, predicted, against } = threeTaggings(5, 100);
    const run = (first: string[][], second: string[][]): ReturnType<typeof pairedBootstrap> =>
      pairedBootstrap({ gold, predicted: first, against: second, rng: createRng(6), resamples: 500 });
    const found = run(predicted, against);
    expect(run(predicted, against)).toEqual(found);
    const turned = run(against, predicted);
    expect([turned.difference, turned.pValue]).toEqual([-found.difference, found.pValue]);
    expect(isClose(turned.ahead, 1 - found.ahead, tolerance.exactFloat64)).toBe(true);
    expect(isClose(turned.interval.low, -found.interval.high, tolerance.exactFloat64)).toBe(true);
    // Half the noise on a hundred sentences is no chance.
    expect(found.pValue).toBeLessThan(0.05);
  });

  test('sees no difference between a model and itself', () => {
    const { gold, predicted } = threeTaggings(7, 30);
    const found = pairedBootstrap({ gold, predicted, against: predicted, rng: createRng(8), resamples: 50 });
    expect(found).toMatchObject({ difference: 0, pValue: 1, ahead: 0.5, interval: { low: 0, high: 0 } });
  });

  test.each([
    ['resamples is 0', { resamples: 0 }, 'E_USAGE'],
    ['level is a percentage', { level: 95 }, 'E_USAGE'],
    ['the first prediction has other words', { predicted: [['O', 'O']] }, 'E_SHAPE_MISMATCH'],
    ['the second prediction has other sentences', { against: [] }, 'E_SHAPE_MISMATCH'],
  ])('fails when %s', (_case, option, code) => {
    const o = [['O']];
    expect(() => pairedBootstrap({ gold: o, predicted: o, against: o, rng: createRng(1), ...option })).toThrow(
      expect.objectContaining({ code }),
    );
  });
});
