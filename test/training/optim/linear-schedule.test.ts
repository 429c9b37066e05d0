import { describe, expect, test } from 'vitest';
import { float32, interpret, ndArray, trace } from '../../../training/engine/index.ts';
import { linearSchedule } from '../../../training/optim/linear-schedule.ts';
import { expectClose } from '../../support/close.ts';
import { runInOrt } from '../../support/engine.ts';
import { tolerance } from '../../support/tolerance.ts';

/** get_linear_schedule_with_warmup, as transformers writes it. */
function formula(step: number, warmupSteps: number, totalSteps: number): number {
  if (step < warmupSteps) return step / Math.max(1, warmupSteps);
  return Math.max(0, (totalSteps - step) / Math.max(1, totalSteps - warmupSteps));
}

describe('linearSchedule', () => {
  test.each([
    { name: 'no warm-up', warmupSteps: 0, totalSteps: 10 },
    { name: 'a warm-up of one step', warmupSteps: 1, totalSteps: 10 },
    { name: 'a tenth of the steps', warmupSteps: 7, totalSteps: 70 },
    { name: 'all but one step', warmupSteps: 9, totalSteps: 10 },
    { name: 'nothing but warm-up', warmupSteps: 10, totalSteps: 10 },
    { name: 'one step', warmupSteps: 0, totalSteps: 1 },
  ])('is the formula at every step and after the end ($name)', async ({ warmupSteps, totalSteps }) => {
    const peak = 0.25;
    const graph = trace('schedule', { step: float32('N') }, ({ step }) => ({
      rate: linearSchedule(step, { peak, warmupSteps, totalSteps }),
    }));
    const steps = Array.from({ length: totalSteps + 3 }, (_, step) => step);
    const feeds = { step: ndArray('float32', [steps.length], steps) };
    const expected = steps.map((step) => peak * formula(step, warmupSteps, totalSteps));
    expectClose(interpret(graph, feeds)['rate']!.data, expected, tolerance.exactFloat64);
    expectClose((await runInOrt(graph, feeds))['rate']!.data, expected, tolerance.forwardFloat32);
  });

  test('starts at 0, peaks at the end of the warm-up, and ends at 0', () => {
    const graph = trace('schedule', { step: float32('N') }, ({ step }) => ({
      rate: linearSchedule(step, { peak: 3, warmupSteps: 2, totalSteps: 6 }),
    }));
    const feeds = { step: ndArray('float32', [7], [0, 1, 2, 3, 4, 5, 6]) };
    expect([...interpret(graph, feeds)['rate']!.data]).toEqual([0, 1.5, 3, 2.25, 1.5, 0.75, 0]);
  });
});
