import { describe, expect, test } from 'vitest';
import { createRng } from '../../../shared/random.ts';
import { gradientGraph, interpret, mul, ndArray, reduceSum, trace, float32 } from '../../../training/engine/index.ts';
import { createDropoutSource, dropout } from '../../../training/nn/dropout.ts';
import { expectClose } from '../../support/close.ts';
import { randomArray, runInOrt } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';

const [B, T, H] = [8, 16, 32];
const COUNT = B * T * H;
const ones = ndArray('float32', [B, T, H], new Float64Array(COUNT).fill(1));

/** Two dropouts of one, the same step and seed, at two places of a model. */
function draw(step: number, seed = 1, rate = 0.25): { readonly first: Float64Array; readonly second: Float64Array } {
  const graph = trace('dropout', { x: float32('B', 'T', H), step: float32() }, (p) => {
    const source = createDropoutSource(seed, p.step);
    return { first: dropout(p.x, rate, source), second: dropout(p.x, rate, source) };
  });
  const found = interpret(graph, { x: ones, step: ndArray('float32', [], [step]) });
  return { first: found['first']!.data, second: found['second']!.data };
}

/** Share of elements in which two masks differ. */
function difference(a: Float64Array, b: Float64Array): number {
  return a.filter((x, i) => x !== b[i]).length / a.length;
}

describe('dropout', () => {
  test.each([0.125, 0.25, 0.5, 0.875])('takes out its share and scales the rest by 1 / (1 - %f)', (rate) => {
    const { first } = draw(3, 1, rate);
    const kept = Math.fround(1 / (1 - rate));
    expect(first.every((x) => x === 0 || x === kept)).toBe(true);
    const dropped = first.filter((x) => x === 0).length / COUNT;
    // Standard error sqrt(p (1 - p) / n); the draw is fixed, so four of them are no source of flaky runs.
    expect(Math.abs(dropped - rate)).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / COUNT));
  });

  test('keeps the mean where the rate is no multiple of the resolution of masks', () => {
    const { first } = draw(0, 1, 0.3);
    const mean = first.reduce((sum, x) => sum + x, 0) / COUNT;
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(0.3 / 0.7 / COUNT));
  });

  test('draws another mask at each step, call site and seed', () => {
    const { first, second } = draw(3);
    for (const other of [second, draw(4).first, draw(3, 2).first]) {
      // Independent masks differ where one drops and the other does not: 2 * 0.25 * 0.75.
      expect(Math.abs(difference(first, other) - 0.375)).toBeLessThan(4 * Math.sqrt((0.375 * 0.625) / COUNT));
    }
  });

  test('draws the same mask for the same seed and step', () => {
    expect(draw(5)).toEqual(draw(5));
  });

  test('is nothing without a source, as in serving, and at rate 0', () => {
    trace('none', { x: float32('B'), step: float32() }, ({ x, step }) => {
      expect(dropout(x, 0.5, undefined)).toBe(x);
      expect(dropout(x, 0, createDropoutSource(1, step))).toBe(x);
      return { x: mul(x, 1) };
    });
  });

  test('lets gradients through where it kept an element, scaled alike, in onnxruntime too', async () => {
    const x = randomArray(createRng(1, 'dropout'), [B, T, H]);
    const forward = trace('dropout', { x: float32('B', 'T', H), step: float32() }, (p) => {
      const y = dropout(p.x, 0.25, createDropoutSource(1, p.step));
      return { y, loss: reduceSum(mul(y, 3)) };
    });
    const graph = gradientGraph(forward, { of: 'loss', wrt: ['x'] });
    const feeds = { x, step: ndArray('float32', [], [3]) };
    const mask = draw(3).first;
    const exact = interpret(graph, feeds);
    expect(exact['d_x']!.data).toEqual(mask.map((m) => 3 * m));
    expectClose(
      exact['y']!.data,
      mask.map((m, i) => m * x.data[i]!),
      tolerance.exactFloat64,
    );
    const found = await runInOrt(graph, feeds);
    expectClose(found['d_x']!.data, exact['d_x']!.data, tolerance.forwardFloat32);
    expectClose(found['y']!.data, exact['y']!.data, tolerance.forwardFloat32);
  });
});
