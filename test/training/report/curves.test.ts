import { describe, expect, test } from 'vitest';
import { curvesOf, MAX_CURVE_POINTS } from '../../../training/report/curves.ts';
import type { HistoryEvent } from '../../../training/report/report-input.ts';

function step(number: number, loss: number): HistoryEvent {
  return { type: 'step', step: number, epoch: 1, loss, gradientNorm: 1, learningRate: 1, sentences: 1 };
}

function epoch(number: number, f1: number): HistoryEvent {
  return {
    type: 'epoch',
    epoch: number,
    step: 2 * number,
    loss: 1,
    dev: { precision: 1, recall: 1, f1, support: 1 },
    best: false,
  };
}

describe('curvesOf', () => {
  test('has a point for each step and epoch, and marks the best epoch, of equal ones the first', () => {
    expect(curvesOf([step(1, 3), step(2, 2), epoch(1, 0.2), epoch(2, 0.4), epoch(3, 0.4)])).toEqual({
      loss: [
        { step: 1, loss: 3 },
        { step: 2, loss: 2 },
      ],
      epochs: [
        { epoch: 1, loss: 1, devF1: 0.2, best: false },
        { epoch: 2, loss: 1, devF1: 0.4, best: true },
        { epoch: 3, loss: 1, devF1: 0.4, best: false },
      ],
    });
  });

  test('believes the last word on a step that was told twice, as after a resume', () => {
    const { loss, epochs } = curvesOf([step(1, 3), step(2, 9), epoch(1, 0.1), step(2, 2), epoch(1, 0.3)]);
    expect(loss.map((point) => point.loss)).toEqual([3, 2]);
    expect(epochs.map((point) => point.devF1)).toEqual([0.3]);
  });

  test('thins a long run to the means of neighbours, the last step kept', () => {
    const { loss } = curvesOf(Array.from({ length: 1001 }, (_, i) => step(i + 1, i)));
    // Groups of ceil(1001 / 500) = 3: losses 0, 1, 2 give 1 at step 3; the last group is 999 and 1000.
    expect(loss.length).toBe(334);
    expect(loss.length).toBeLessThanOrEqual(MAX_CURVE_POINTS);
    expect([loss[0], loss.at(-1)]).toEqual([
      { step: 3, loss: 1 },
      { step: 1001, loss: 999.5 },
    ]);
    const { epochs } = curvesOf(Array.from({ length: 1001 }, (_, i) => epoch(i + 1, 0.1)));
    expect(epochs.length).toBeLessThanOrEqual(MAX_CURVE_POINTS);
    expect(epochs.at(-1)!.epoch).toBe(1001);
  });

  test('have the figures of words where the run told them', () => {
    const devWords = { accuracy: 0.9, macroF1: 0.5 };
    const { epochs } = curvesOf([epoch(1, 0.2), { ...epoch(2, 0.3), devWords } as HistoryEvent]);
    expect(epochs.map((point) => point.devWords)).toEqual([undefined, devWords]);
  });

  test('of no history are empty', () => {
    expect(curvesOf([])).toEqual({ loss: [], epochs: [] });
  });
});
