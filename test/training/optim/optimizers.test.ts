import { describe, expect, test } from 'vitest';
import { interpret, type NdArray } from '../../../training/engine/index.ts';
import { optimizerSettingsSchema } from '../../../training/optim/optimizer-settings.ts';
import { momentsOf, optimizers } from '../../../training/optim/optimizers.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt } from '../../support/engine.ts';
import { optimizerSteps, stepsFeeds } from '../../support/optimizer-steps.ts';
import { tolerance } from '../../support/tolerance.ts';
import { torchOptim } from '../../support/torch-optim.ts';

const { start, gradients, rates, runs } = torchOptim.fixed;
const titled = runs.map((run) => ({ ...run, title: `${run.settings.name}, ${run.name}` }));
type Run = (typeof titled)[number];

const graphOf = ({ settings, weightDecay }: Run): ReturnType<typeof optimizerSteps> =>
  optimizerSteps(start.length, settings, weightDecay);

function expectTrajectory({ settings, trajectory }: Run, found: Readonly<Record<string, NdArray>>): void {
  expect(trajectory).toHaveLength(10);
  for (const part of ['parameters', ...momentsOf(settings)]) {
    const expected = trajectory.flatMap((step) => step[part]!);
    expectClose(found[part]!.data, expected, tolerance.forwardFloat32);
  }
}

describe('each optimiser', () => {
  test('has runs to be compared with', () => {
    expect(new Set(runs.map(({ settings }) => settings.name))).toEqual(new Set(Object.keys(optimizers)));
  });

  test.each(titled)('goes where its reference goes, ten steps in a row ($title)', (run) => {
    expectTrajectory(run, interpret(graphOf(run), stepsFeeds({ start, gradients, rates })));
  });

  test.each(titled)('goes there in float32, too ($title)', async (run) => {
    expectTrajectory(run, await runInOrt(graphOf(run), stepsFeeds({ start, gradients, rates })));
  });

  test.each(titled)('does the same with gradients that are to be scaled ($title)', (run) => {
    const found = interpret(graphOf(run), stepsFeeds({ start, gradients, rates, scale: 0.25 }));
    expectTrajectory(run, found);
  });

  test.each(titled)('remembers the moments it names, and no more ($title)', (run) => {
    const [first] = run.trajectory;
    expect(Object.keys(first!)).toEqual(['parameters', ...momentsOf(run.settings)]);
  });
});

describe('adamw', () => {
  const settings = optimizerSettingsSchema.parse({ name: 'adamw' });

  // m = (1 - b1^t) g and v = (1 - b2^t) g^2, so once the bias is corrected each step is exactly the rate. In float32,
  // 1 - 0.999^t taken literally is off by 1e-5 at step 1, and the step by half of that.
  test('moves by the rate at every step of a constant gradient, in float32 from the first step on', async () => {
    const steps = 12;
    const slopes = new Array<number[]>(steps).fill([4, -0.5]);
    const graph = optimizerSteps(2, { ...settings, name: 'adamw', epsilon: 0 } as typeof settings, 0);
    const feeds = stepsFeeds({ start: [0, 0], gradients: slopes, rates: new Array<number>(steps).fill(1) });
    const found = await runInOrt(graph, feeds);
    const expected = Array.from({ length: steps }, (_, i) => [-(i + 1), i + 1]).flat();
    expectClose(found['parameters']!.data, expected, tolerance.carefulFloat32);
  });

  test('shrinks parameters without a gradient by the decay alone', () => {
    const feeds = stepsFeeds({ start: [8], gradients: [[0], [0]], rates: [0.5, 1] });
    const found = interpret(optimizerSteps(1, settings, 0.5), feeds);
    expect([...found['parameters']!.data]).toEqual([8 * (1 - 0.25), 8 * (1 - 0.25) * (1 - 0.5)]);
  });
});

describe('the settings of an optimiser', () => {
  test('have the defaults of the libraries', () => {
    const parsed = ['adamw', 'adam', 'keras-adam', 'sgd'].map((name) => optimizerSettingsSchema.parse({ name }));
    expect(parsed).toEqual([
      { name: 'adamw', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      { name: 'adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
      { name: 'keras-adam', beta1: 0.9, beta2: 0.999, epsilon: 1e-7 },
      { name: 'sgd', momentum: 0, nesterov: false },
    ]);
  });

  test.each([
    ['another name', { name: 'adagrad' }],
    ['a setting of another optimiser', { name: 'sgd', beta1: 0.5 }],
    ['a beta of 1', { name: 'adam', beta2: 1 }],
    ['a momentum below 0', { name: 'sgd', momentum: -0.5 }],
    ["Nesterov's momentum without any", { name: 'sgd', nesterov: true }],
  ])('fails for %s', (_, settings) => {
    expect(optimizerSettingsSchema.safeParse(settings).success).toBe(false);
  });
});
