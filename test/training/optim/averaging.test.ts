import { describe, expect, test } from 'vitest';
import { float32, interpret, ndArray, scan, trace, type Graph } from '../../../training/engine/index.ts';
import { averagingOf, averagingSettingsSchema, type AveragingSettings } from '../../../training/optim/averaging.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';
import { torchOptim } from '../../support/torch-optim.ts';

/** The averages after each of given parameters, [K, N]. */
function averages(settings: AveragingSettings, count: number): Graph {
  const types = { zero: float32(count), parameters: float32('K', count), steps: float32('K') };
  return trace('averages', types, (x) => {
    const inputs = { parameters: x.parameters, step: x.steps };
    const { outputs } = scan({ states: { average: x.zero }, inputs }, ({ average }, { parameters, step }) => {
      const next = averagingOf(settings, step)(average, parameters);
      return { states: { average: next }, outputs: { after: next } };
    });
    return outputs;
  });
}

function feedsOf(parameters: readonly (readonly number[])[]): Record<string, ReturnType<typeof ndArray>> {
  const [steps, count] = [parameters.length, parameters[0]!.length];
  const counts = parameters.map((_, i) => i);
  return {
    zero: ndArray('float32', [count], new Float64Array(count)),
    parameters: ndArray('float32', [steps, count], parameters.flat()),
    steps: ndArray('float32', [steps], counts),
  };
}

describe('the moving average of parameters', () => {
  const { runs, averages: expected } = torchOptim.fixed;
  const trained = runs[0]!.trajectory.map((step) => step['parameters']!);

  test.each(expected)('is that of torch without a warm-up, ten steps in a row (decay $decay)', async (reference) => {
    expect(reference.trajectory).toHaveLength(10);
    const graph = averages({ decay: reference.decay, warmup: false }, trained[0]!.length);
    for (const found of [interpret(graph, feedsOf(trained)), await runInOrt(graph, feedsOf(trained))])
      expectClose(found['after']!.data, reference.trajectory.flat(), tolerance.forwardFloat32);
  });

  test('has a decay of (1 + t) / (10 + t) in a warm-up, until that is more than the decay', () => {
    // 4; 4 + (1 - 2/11) (8 - 4) = 7.2727...; then decay 0.25 = 3/12; then 4/13 is more than 0.25.
    const found = interpret(averages({ decay: 0.25, warmup: true }, 1), feedsOf([[4], [8], [0], [16]]));
    const second = 4 + (1 - 2 / 11) * 4;
    const third = second * 0.25;
    expectClose(found['after']!.data, [4, second, third, third + 0.75 * (16 - third)], tolerance.exactFloat64);
  });

  test('has a warm-up by default', () => {
    expect(averagingSettingsSchema.parse({ decay: 0.99 })).toEqual({ decay: 0.99, warmup: true });
  });

  test.each([1, -0.1])('fails for a decay of %d', (decay) => {
    expect(averagingSettingsSchema.safeParse({ decay }).success).toBe(false);
  });
});
