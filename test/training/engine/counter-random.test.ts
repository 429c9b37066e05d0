import { describe, expect, test } from 'vitest';
import { droppedShare, keepMask, uniform, type RandomSource } from '../../../training/engine/counter-random.ts';
import { interpret } from '../../../training/engine/interpret.ts';
import { ndArray } from '../../../training/engine/nd-array.ts';
import { optimize } from '../../../training/engine/passes/index.ts';
import { scan } from '../../../training/engine/scan.ts';
import { mul } from '../../../training/engine/tensor.ts';
import { float32, int64, trace, type Tensor } from '../../../training/engine/trace.ts';
import { verify } from '../../../training/engine/verify.ts';
import { runInOrt } from '../../support/engine.ts';
import { expectFails } from '../../support/expect-fails.ts';

const [ROWS, COLUMNS] = [192, 128];
const COUNT = ROWS * COLUMNS;

function draw(
  step: number,
  { seed = 1, site = 'a' }: { readonly seed?: number; readonly site?: string } = {},
): Float64Array {
  const graph = trace('draw', { step: float32() }, (x) => ({
    u: uniform([ROWS, COLUMNS], { seed, site, step: x.step }),
  }));
  return interpret(graph, { step: ndArray('float32', [], [step]) })['u']!.data;
}

/** Pearson's correlation times the square root of the count: standard normal if the two are independent. */
function correlationScore(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const n = a.length;
  let [sumA, sumB, sumAA, sumBB, sumAB] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const [x, y] = [a[i]!, b[i]!];
    sumA += x;
    sumB += y;
    sumAA += x * x;
    sumBB += y * y;
    sumAB += x * y;
  }
  const covariance = sumAB / n - (sumA * sumB) / n ** 2;
  return (covariance / Math.sqrt((sumAA / n - (sumA / n) ** 2) * (sumBB / n - (sumB / n) ** 2))) * Math.sqrt(n);
}

/** Scores are standard normal; the draws are fixed, so a limit of four is no source of flaky runs. */
const LIMIT = 4;

describe('uniform', () => {
  test.each([0, 1, 2, 1000, 2 ** 24 - 1])(
    'has the mean, variance and histogram of a uniform distribution (step %i)',
    (step) => {
      const u = draw(step);
      expect(u.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2048))).toBe(true);
      const mean = u.reduce((sum, x) => sum + x, 0) / COUNT;
      // A multiple of 1/2048 in [0, 1) has the mean 1/2 - 1/4096 and, to six digits, the variance 1/12.
      expect(Math.abs((mean - 0.5 + 1 / 4096) * Math.sqrt(12 * COUNT))).toBeLessThan(LIMIT);
      const variance = u.reduce((sum, x) => sum + (x - mean) ** 2, 0) / COUNT;
      // Var of the sample variance: (E x^4 - Var^2) / n = (1/80 - 1/144) / n.
      expect(Math.abs((variance - 1 / 12) / Math.sqrt((1 / 80 - 1 / 144) / COUNT))).toBeLessThan(LIMIT);
      const bins = new Float64Array(64);
      for (const x of u) bins[Math.floor(x * 64)]! += 1;
      const chiSquare = bins.reduce((sum, n) => sum + (n - COUNT / 64) ** 2 / (COUNT / 64), 0);
      expect(Math.abs(chiSquare - 63) / Math.sqrt(2 * 63)).toBeLessThan(LIMIT);
    },
  );

  test('has no serial correlation along a row, along a column, from step to step, or between sites and seeds', () => {
    const u = draw(5);
    const scores = {
      row: correlationScore(u.subarray(0, -1), u.subarray(1)),
      column: correlationScore(u.subarray(0, -COLUMNS), u.subarray(COLUMNS)),
      step: correlationScore(u, draw(6)),
      site: correlationScore(u, draw(5, { site: 'b' })),
      seed: correlationScore(u, draw(5, { seed: 2 })),
    };
    for (const score of Object.values(scores)) expect(Math.abs(score)).toBeLessThan(LIMIT);
  });

  test('gives rows that are pairwise independent', () => {
    const u = draw(7);
    let [sum, pairs] = [0, 0];
    for (let a = 0; a < ROWS; a++) {
      for (let b = a + 1; b < ROWS; b++) {
        const row = (r: number): Float64Array => u.subarray(r * COLUMNS, (r + 1) * COLUMNS);
        sum += correlationScore(row(a), row(b)) ** 2;
        pairs += 1;
      }
    }
    // The mean of squared standard normal scores is 1, with a standard error of sqrt(2 / pairs) = 0.01.
    expect(Math.abs(sum / pairs - 1) / Math.sqrt(2 / pairs)).toBeLessThan(LIMIT);
  });

  test('is a pure function of seed, site and step', () => {
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw(3, { site: 'a' })).not.toEqual(draw(3, { site: 'b' }));
    expect(draw(3, { seed: 1 })).not.toEqual(draw(3, { seed: 2 }));
  });

  const source = (step: Tensor): RandomSource => ({ seed: 9, site: 'here', step });

  test('is the same in onnxruntime to the last bit, at every optimization level', async () => {
    const graph = trace('draw', { x: float32('B', 'T', 5), step: int64() }, (x) => ({
      u: uniform(['B', 'T', 5], source(x.step)),
    }));
    const feeds = { x: ndArray('float32', [3, 7, 5], new Float64Array(105)), step: ndArray('int64', [], [123456]) };
    const expected = interpret(graph, feeds)['u']!;
    expect((await runInOrt(graph, feeds))['u']).toEqual(expected);
    expect((await runInOrt(optimize(graph), feeds, 'all'))['u']).toEqual(expected);
  });

  test('makes the places of the elements outside of a loop over steps', () => {
    const graph = trace('loop', { x: float32('K', 'B', 4), step: float32() }, ({ x, step }) => {
      const { outputs } = scan({ states: { step }, inputs: { x } }, (state, slices) => ({
        states: { step: state.step },
        outputs: { y: mul(slices.x, keepMask(slices.x.shape, 0.5, source(state.step))) },
      }));
      return { y: outputs['y']! };
    });
    verify(graph);
    expect(graph.nodes.map((node) => node.op)).toContain('Range');
  });

  test('fails when the step is not a scalar', () => {
    expectFails(
      () => trace('f', { step: float32(1) }, ({ step }) => ({ u: uniform([2], source(step)) })),
      'E_SHAPE_MISMATCH',
    );
  });
});

describe('keepMask', () => {
  test.each([0, 0.1, 0.5, 0.9])('drops the share that it says (%d)', (rate) => {
    const graph = trace('mask', { step: float32() }, ({ step }) => ({
      mask: keepMask([ROWS, COLUMNS], rate, { seed: 4, site: 'a', step }),
      u: uniform([ROWS, COLUMNS], { seed: 4, site: 'a', step }),
    }));
    const { mask, u } = interpret(graph, { step: ndArray('float32', [], [2]) });
    const share = droppedShare(rate);
    expect(Math.abs(share - rate)).toBeLessThanOrEqual(1 / 4096);
    expect(mask!.data).toEqual(u!.data.map((x) => (x < share ? 0 : 1)));
    const dropped = mask!.data.filter((x) => x === 0).length;
    expect(Math.abs(dropped - COUNT * share)).toBeLessThanOrEqual(LIMIT * Math.sqrt(COUNT * share * (1 - share)));
  });

  test.each([-0.1, 1, Number.NaN])('fails when the rate is %d', (rate) => {
    const make = (): unknown =>
      trace('f', { step: float32() }, ({ step }) => ({ m: keepMask([2], rate, { seed: 1, site: 'a', step }) }));
    expectFails(make, 'E_USAGE');
  });
});
