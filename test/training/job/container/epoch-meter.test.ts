import { expect, test } from 'vitest';
import { createEpochMeter } from '../../../../training/job/container/epoch-meter.ts';
import type { JobEvent } from '../../../../training/job/training-job.ts';

const dev = { precision: 0.5, recall: 0.25, f1: 1e-7, support: 4 };

function step(n: number, epoch: number, sentences: number): JobEvent {
  return { type: 'step', step: n, epoch, loss: 1, gradientNorm: 1, learningRate: 1, sentences };
}

test('an epoch is one line, and its speed leaves the look at dev out', () => {
  let now = 100;
  const meter = createEpochMeter(() => now);
  const at = (ms: number, event: JobEvent): string | undefined => {
    now = ms;
    return meter.line(event);
  };
  const start = { parameters: 1, trained: 1, sentences: 12, epochs: 2, totalSteps: 4, finishedSteps: 0 };
  expect(at(1_000, { type: 'start', ...start })).toBeUndefined();
  expect(at(1_500, step(1, 1, 8))).toBeUndefined();
  expect(at(2_000, step(2, 1, 4))).toBeUndefined();
  // 12 sentences in a second; the second until now was dev's.
  expect(at(3_000, { type: 'epoch', epoch: 1, step: 2, loss: 0.25, dev, best: true })).toBe(
    'train_epoch=1; train_loss=0.25; val_f1=1e-7; train_tweets_per_second=12;',
  );
  expect(at(3_500, step(3, 2, 5))).toBeUndefined();
  expect(at(9_000, { type: 'epoch', epoch: 2, step: 3, loss: 0.5, dev, best: false })).toBe(
    'train_epoch=2; train_loss=0.5; val_f1=1e-7; train_tweets_per_second=10;',
  );
});
