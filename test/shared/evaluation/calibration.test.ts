import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { calibrationOf, type CalibrationPoint } from '../../../shared/evaluation/calibration.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

const point = (confidence: number, correct: boolean): CalibrationPoint => ({ confidence, correct });

describe('calibrationOf', () => {
  test('is the weighted mean of the gaps between confidence and accuracy', () => {
    // Two bins: (0, .5] holds .25 wrong; (.5, 1] holds .75 right, .75 wrong, 1 right.
    // ECE = 1/4 |0 - .25| + 3/4 |2/3 - 2.5/3| = .0625 + .125.
    const found = calibrationOf([point(0.25, false), point(0.75, true), point(0.75, false), point(1, true)], 2);
    expect(found).toEqual({
      count: 4,
      ece: 0.1875,
      meanConfidence: 2.75 / 4,
      accuracy: 0.5,
      bins: [
        { low: 0, high: 0.5, count: 1, confidence: 0.25, accuracy: 0 },
        { low: 0.5, high: 1, count: 3, confidence: 2.5 / 3, accuracy: 2 / 3 },
      ],
    });
  });

  test('is 0 for a model that is as right as it is sure', () => {
    const points = Array.from({ length: 10 }, (_, i) => point(0.7, i < 7));
    expect(isClose(calibrationOf(points).ece, 0, tolerance.exactFloat64)).toBe(true);
  });

  test('puts a confidence on a border into the bin below it, and 0 into the first', () => {
    const borders = Array.from({ length: 11 }, (_, m) => point(m / 10, true));
    expect(calibrationOf(borders).bins.map((bin) => bin.count)).toEqual([2, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  test('is the formula over the bins, bin by bin', () => {
    const points = fc.array(
      fc.record({ confidence: fc.double({ min: 0, max: 1, noNaN: true }), correct: fc.boolean() }),
    );
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 20 }), (all, M) => {
        const found = calibrationOf(all, M);
        let ece = 0;
        found.bins.forEach(({ low, high, count, confidence, accuracy }, m) => {
          const inside = all.filter(
            (one) => (one.confidence > low || (m === 0 && one.confidence === 0)) && one.confidence <= high,
          );
          expect(count).toBe(inside.length);
          if (count === 0) return;
          const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / count;
          const [conf, acc] = [
            mean(inside.map((one) => one.confidence)),
            mean(inside.map((one) => Number(one.correct))),
          ];
          expect(isClose(confidence!, conf, tolerance.exactFloat64)).toBe(true);
          expect(isClose(accuracy!, acc, tolerance.exactFloat64)).toBe(true);
          ece += (count / all.length) * Math.abs(acc - conf);
        });
        expect(isClose(found.ece, ece, tolerance.exactFloat64)).toBe(true);
      }),
    );
  });

  test('of no predictions is 0', () => {
    expect(calibrationOf([], 1)).toEqual({
      count: 0,
      ece: 0,
      meanConfidence: 0,
      accuracy: 0,
      bins: [{ low: 0, high: 1, count: 0, confidence: null, accuracy: null }],
    });
  });

  test.each([-0.1, 1.1, NaN])('fails for a confidence of %s', (confidence) => {
    expect(() => calibrationOf([point(confidence, true)])).toThrow(expect.objectContaining({ code: 'E_USAGE' }));
  });
});
