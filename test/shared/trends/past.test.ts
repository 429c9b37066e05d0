import { describe, expect, test } from 'vitest';
import { pastOf, riseOf, riseStart, usualHigh } from '../../../shared/trends/past.ts';
import { isClose } from '../../support/close-to.ts';
import { tolerance } from '../../support/tolerance.ts';

const expectClose = (actual: number, expected: number): void => {
  expect(isClose(actual, expected, tolerance.exactFloat64), `${actual} is not ${expected}`).toBe(true);
};
const steady = (tweets: number, total: number, n: number) => Array.from({ length: n }, () => ({ tweets, total }));

describe('the past of a name', () => {
  test('is a share of 0 where nothing was counted', () => {
    expect(pastOf([], 24)).toEqual({ share: 0, spread: 0 });
    expect(pastOf(steady(0, 0, 5), 24)).toEqual({ share: 0, spread: 0 });
  });

  test('weighs a stretch half of the one that is a half-life younger', () => {
    // Weights 1/2 and 1: share = (10/2 + 40) / (100/2 + 100) = 45 / 150.
    const { share, spread } = pastOf(
      [
        { tweets: 10, total: 100 },
        { tweets: 40, total: 100 },
      ],
      1,
    );
    expectClose(share, 0.3);
    // Variance 1/3 (0.1 - 0.3)^2 + 2/3 (0.4 - 0.3)^2 = 0.02, less 0.3 / 100 of sampling.
    expectClose(spread, Math.sqrt(0.017));
  });

  test('of a share that varies no more than chance has no spread', () => {
    expect(pastOf(steady(7, 1000, 50), 24).spread).toBe(0);
  });
});

describe('a rise', () => {
  test('is in standard deviations above what was expected', () => {
    const past = { share: 0.01, spread: 0.002 };
    // Expected 10; deviation sqrt(10 + (1000 x 0.002)^2 + 2^2) = sqrt(18).
    const { expected, score } = riseOf({ tweets: 40, total: 1000 }, past);
    expectClose(expected, 10);
    expectClose(score, 30 / Math.sqrt(18));
    expectClose(usualHigh(1000, past, 1), 10 + 3 * Math.sqrt(18));
  });

  test('of a new name needs six tweets to count', () => {
    const none = { share: 0, spread: 0 };
    expect(riseOf({ tweets: 5, total: 1000 }, none).score).toBeLessThan(3);
    expect(riseOf({ tweets: 6, total: 1000 }, none).score).toBe(3);
  });
});

describe('the start of a rise', () => {
  const past = { share: 0.01, spread: 0 };
  const at = (start: number, n: number) =>
    Array.from({ length: n }, (_, i) => ({ tweets: i < start ? 1 : 10, total: 100 }));
  test.each([0, 7, 25, 29])('is found at step %i of 30', (start) => {
    expect(riseStart(at(start, 30), past, { tweets: 100, total: 1000 })).toBe(start);
  });

  test('of a name that fell silent is its last tweet', () => {
    const steps = [...steady(0, 100, 3), { tweets: 2, total: 100 }, ...steady(0, 100, 6)];
    expect(riseStart(steps, past, { tweets: 100, total: 1000 })).toBe(3);
  });
});
