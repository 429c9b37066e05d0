import { describe, expect, test } from 'vitest';
import { float32, interpret, ndArray, trace } from '../../../training/engine/index.ts';
import { scheduleOf, scheduleSettingsSchema, type Schedule } from '../../../training/optim/schedule-settings.ts';
import { learningRate } from '../../../training/optim/schedules.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';
import { torchOptim } from '../../support/torch-optim.ts';

const graphOf = (schedule: Schedule): ReturnType<typeof trace> =>
  trace('schedule', { step: float32('N') }, ({ step }) => ({ rate: learningRate(step, schedule) }));
const steps = (count: number): Record<string, ReturnType<typeof ndArray>> => ({
  step: ndArray(
    'float32',
    [count],
    Array.from({ length: count }, (_, step) => step),
  ),
});

describe('each schedule', () => {
  test('is there to be compared', () => {
    const names = scheduleSettingsSchema.options.map((option) => option.shape.name.value);
    expect(new Set(torchOptim.schedules.map(({ name }) => name))).toEqual(new Set(names));
  });

  test.each(torchOptim.schedules)(
    'is that of transformers at every step and after the end ($name, $warmupSteps of $totalSteps)',
    async ({ name, warmupSteps, totalSteps, timescale, factors }) => {
      const settings = scheduleSettingsSchema.parse({
        name,
        warmup: { steps: warmupSteps },
        ...(timescale && { timescale }),
      });
      const peak = 0.25;
      const graph = graphOf(scheduleOf(settings, { peak, totalSteps }));
      const expected = factors.map((factor) => peak * factor);
      expectClose(interpret(graph, steps(factors.length))['rate']!.data, expected, tolerance.carefulFloat32);
      const found = await runInOrt(graph, steps(factors.length));
      expectClose(found['rate']!.data, expected, tolerance.forwardFloat32);
    },
  );

  test('starts at 0, peaks at the end of the warm-up, and ends at 0', () => {
    const schedule = { name: 'linear', peak: 3, warmupSteps: 2, totalSteps: 6 } as const;
    const found = interpret(graphOf(schedule), steps(7));
    expect([...found['rate']!.data]).toEqual([0, 1.5, 3, 2.25, 1.5, 0.75, 0]);
  });
});

describe('scheduleOf', () => {
  const warmupSteps = (warmup: unknown, totalSteps: number): number =>
    scheduleOf(scheduleSettingsSchema.parse({ name: 'cosine', warmup }), { peak: 1, totalSteps }).warmupSteps;

  test('takes a warm-up in steps as it is, and a share of all steps rounded up', () => {
    expect(warmupSteps({ steps: 7 }, 100)).toBe(7);
    expect(warmupSteps({ ratio: 0.1 }, 101)).toBe(11);
    expect(warmupSteps({ ratio: 1 }, 3)).toBe(3);
    expect(warmupSteps(undefined, 100)).toBe(10);
  });

  test('fills in peak and steps', () => {
    const settings = scheduleSettingsSchema.parse({ name: 'inverse-square-root', warmup: { steps: 0 } });
    expect(scheduleOf(settings, { peak: 2, totalSteps: 9 })).toEqual({
      name: 'inverse-square-root',
      timescale: null,
      peak: 2,
      totalSteps: 9,
      warmupSteps: 0,
    });
  });

  test.each([{ ratio: 1.5 }, { ratio: 0.1, steps: 3 }, { steps: -1 }, { steps: 0.5 }, {}])('fails for %o', (warmup) => {
    expect(scheduleSettingsSchema.safeParse({ name: 'linear', warmup }).success).toBe(false);
  });
});
