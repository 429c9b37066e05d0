import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { float32, interpret, ndArray, scan, trace, type Graph, type NdArray } from '../../../training/engine/index.ts';
import { adamW, type AdamWOptions } from '../../../training/optim/adamw.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt, type Feeds } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';

const numbers = z.array(z.number());
const { fixed } = z
  .object({
    fixed: z.object({
      start: numbers,
      gradients: z.array(numbers),
      rates: numbers,
      runs: z.array(
        z.object({
          name: z.string(),
          options: z.object({ beta1: z.number(), beta2: z.number(), epsilon: z.number(), weightDecay: z.number() }),
          trajectory: z.array(z.object({ parameters: numbers, mean: numbers, square: numbers })),
        }),
      ),
    }),
  })
  .parse(JSON.parse(readFileSync(new URL('../../golden/torch-optim.json', import.meta.url), 'utf8')));

/** Steps from zero moments; the trajectory is stacked, [K, N]. */
function stepsGraph(count: number, options?: AdamWOptions): Graph {
  const types = { start: float32(count), zero: float32(count), gradients: float32('K', count) };
  return trace('adamw', { ...types, rates: float32('K'), steps: float32('K') }, (x) => {
    const { outputs } = scan(
      {
        states: { parameters: x.start, mean: x.zero, square: x.zero },
        inputs: { gradient: x.gradients, learningRate: x.rates, step: x.steps },
      },
      (state, { gradient, learningRate, step }) => {
        const { parameters, mean, square } = adamW(state, gradient, { learningRate, step }, options);
        return { states: { parameters, mean, square }, outputs: { p: parameters, m: mean, v: square } };
      },
    );
    return outputs;
  });
}

function feedsOf(start: readonly number[], gradients: readonly (readonly number[])[], rates: readonly number[]): Feeds {
  const [steps, count] = [gradients.length, start.length];
  return {
    start: ndArray('float32', [count], start),
    zero: ndArray('float32', [count], new Float64Array(count)),
    gradients: ndArray('float32', [steps, count], gradients.flat()),
    rates: ndArray('float32', [steps], rates),
    steps: ndArray(
      'float32',
      [steps],
      gradients.map((_, i) => i + 1),
    ),
  };
}

describe('adamW', () => {
  const feeds = feedsOf(fixed.start, fixed.gradients, fixed.rates);

  function expectTrajectory(
    found: Readonly<Record<string, NdArray>>,
    trajectory: (typeof fixed.runs)[number]['trajectory'],
  ): void {
    const stacked = (name: 'parameters' | 'mean' | 'square'): number[] => trajectory.flatMap((step) => step[name]);
    expectClose(found['p']!.data, stacked('parameters'), tolerance.forwardFloat32);
    expectClose(found['m']!.data, stacked('mean'), tolerance.forwardFloat32);
    expectClose(found['v']!.data, stacked('square'), tolerance.forwardFloat32);
  }

  test.each(fixed.runs)('goes where torch goes, ten steps in a row ($name)', ({ options, trajectory }) => {
    expectTrajectory(interpret(stepsGraph(fixed.start.length, options), feeds), trajectory);
  });

  test.each(fixed.runs)('goes there in float32, too ($name)', async ({ options, trajectory }) => {
    expectTrajectory(await runInOrt(stepsGraph(fixed.start.length, options), feeds), trajectory);
  });

  test('has the defaults of torch', () => {
    const defaults = fixed.runs.find(({ name }) => name === 'defaults')!;
    expect(defaults.options).toEqual({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
    expectTrajectory(interpret(stepsGraph(fixed.start.length), feeds), defaults.trajectory);
  });

  // m = (1 - b1^t) g and v = (1 - b2^t) g^2, so once the bias is corrected each step is exactly the rate. In float32,
  // 1 - 0.999^t taken literally is off by 1e-5 at step 1, and the step by half of that.
  test('moves by the rate at every step of a constant gradient, in float32 from the first step on', async () => {
    const slopes = [4, -0.5];
    const steps = 12;
    const constantFeeds = feedsOf([0, 0], new Array(steps).fill(slopes), new Array(steps).fill(1));
    const found = await runInOrt(stepsGraph(2, { weightDecay: 0, epsilon: 0 }), constantFeeds);
    const expected = Array.from({ length: steps }, (_, i) => [-(i + 1), i + 1]).flat();
    expectClose(found['p']!.data, expected, tolerance.carefulFloat32);
  });

  test('shrinks parameters without a gradient by the decay alone', () => {
    const found = interpret(stepsGraph(1, { weightDecay: 0.5 }), feedsOf([8], [[0], [0]], [0.5, 1]));
    expect([...found['p']!.data]).toEqual([8 * (1 - 0.25), 8 * (1 - 0.25) * (1 - 0.5)]);
  });
});
