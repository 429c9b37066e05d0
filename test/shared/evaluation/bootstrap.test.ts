import { describe, expect, test } from 'vitest';
import { createRng, type Rng } from '../../../shared/random.ts';
import { bootstrapF1, bootstrapInterval } from '../../../shared/evaluation/bootstrap.ts';
import { entityReport } from '../../../shared/evaluation/evaluation-report.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

const alphabet = ['O', 'O', 'B-x', 'I-x', 'B-y'];

/** Random tags, and the same tags with every fourth redrawn. */
function noisyCorpus(rng: Rng, sentences: number): { gold: string[][]; predicted: string[][] } {
  const draw = (): string => alphabet[rng.int(alphabet.length)]!;
  const gold = Array.from({ length: sentences }, () => Array.from({ length: 1 + rng.int(8) }, draw));
  return { gold, predicted: gold.map((tags) => tags.map((tag) => (rng.int(4) === 0 ? draw() : tag))) };
}

/** numpy.percentile with its default method, written as in its documentation. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [i, g] = [Math.trunc(place), place - Math.trunc(place)];
  return (1 - g) * sorted[i]! + g * sorted[Math.min(i + 1, sorted.length - 1)]!;
}

describe('bootstrapF1', () => {
  test('holds the quantiles of F1 over resampled corpora', () => {
    const { gold, predicted } = noisyCorpus(createRng(3), 25);
    const [resamples, level] = [60, 0.8];
    const rng = createRng(4);
    const scores = Array.from({ length: resamples }, () => {
      const drawn = gold.map(() => rng.int(gold.length));
      const of = (tags: readonly string[][]): string[][] => drawn.map((index) => tags[index]!);
      return entityReport(of(gold), of(predicted), { mode: 'default' }).micro.f1;
    });
    const found = bootstrapF1({ gold, predicted, resamples, level, rng: createRng(4) });
    expect(isClose(found.low, percentile(scores, 0.1), tolerance.exactFloat64)).toBe(true);
    expect(isClose(found.high, percentile(scores, 0.9), tolerance.exactFloat64)).toBe(true);
    expect(found).toMatchObject({ resamples, level });
  });

  test('is the same for the same seed and holds the F1 of the corpus', () => {
    const { gold, predicted } = noisyCorpus(createRng(5), 200);
    const interval = bootstrapF1({ gold, predicted, rng: createRng(6) });
    const { f1 } = entityReport(gold, predicted, { mode: 'default' }).micro;
    expect(bootstrapF1({ gold, predicted, rng: createRng(6) })).toEqual(interval);
    expect(interval).toMatchObject({ level: 0.95, resamples: 1000 });
    expect(interval.low).toBeLessThan(f1);
    expect(interval.high).toBeGreaterThan(f1);
  });

  test.each([
    ['perfect predictions', [['B-x']], [['B-x']], 1],
    ['nothing right', [['B-x']], [['O']], 0],
    ['no sentences', [], [], 0],
  ])('of %s has no width', (_case, gold, predicted, value) => {
    expect(bootstrapF1({ gold, predicted, rng: createRng(1) })).toMatchObject({ low: value, high: value });
  });

  test.each([
    ['resamples is 0', { resamples: 0 }],
    ['resamples is broken', { resamples: 1.5 }],
    ['level is 0', { level: 0 }],
    ['level is a percentage', { level: 95 }],
    ['level is not a number', { level: NaN }],
  ])('fails when %s', (_case, option) => {
    expect(() => bootstrapF1({ gold: [['O']], predicted: [['O']], rng: createRng(1), ...option })).toThrow(
      expect.objectContaining({ code: 'E_USAGE' }),
    );
  });

  test('fails when gold and prediction differ in words', () => {
    expect(() => bootstrapF1({ gold: [['O']], predicted: [['O', 'O']], rng: createRng(1) })).toThrow(
      expect.objectContaining({ code: 'E_SHAPE_MISMATCH' }),
    );
  });
});

test('bootstrapInterval of two sentences has the distribution of their resamples', () => {
  // One sentence right, one wrong: F1 is 0, 1/2 and 1 with probabilities 1/4, 1/2, 1/4.
  const counts = [
    { correct: 1, predicted: 1, gold: 1 },
    { correct: 0, predicted: 1, gold: 1 },
  ];
  expect(bootstrapInterval(counts, { rng: createRng(2), level: 0.9 })).toMatchObject({ low: 0, high: 1 });
  expect(bootstrapInterval(counts, { rng: createRng(2), level: 0.3 })).toMatchObject({ low: 0.5, high: 0.5 });
});
