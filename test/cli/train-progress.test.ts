import { expect, test } from 'vitest';
import { createTrainProgress, type TrainProgress } from '../../cli/train-progress.ts';
import type { JobEvent } from '../../training/job/training-job.ts';
import { terminal } from '../support/terminal.ts';

const dev = { precision: 0.5, recall: 0.25, f1: 1 / 3, support: 8 };

const start: JobEvent = {
  type: 'start',
  parameters: 1234567,
  trained: 1234567,
  sentences: 20,
  epochs: 2,
  totalSteps: 10,
  finishedSteps: 0,
};

const step = (number: number): JobEvent => ({
  type: 'step',
  step: number,
  epoch: number > 5 ? 2 : 1,
  loss: 0.12345,
  gradientNorm: 1,
  learningRate: 1,
  sentences: 4,
});

const epoch = (number: number): JobEvent => ({
  type: 'epoch',
  epoch: number,
  step: 5 * number,
  loss: 0.5,
  dev,
  best: number === 1,
});

const fetching = (file: string, bytes: number, totalBytes: number): JobEvent => ({
  type: 'fetching',
  file,
  bytes,
  totalBytes,
});

/** A second passes with each event. */
function shown(
  isTTY: boolean,
  events: readonly JobEvent[],
): { readonly text: string; readonly progress: TrainProgress } {
  let now = 0;
  const { out, text } = terminal(isTTY);
  const progress = createTrainProgress(out, () => now);
  for (const event of events) {
    progress.show(event);
    now += 1000;
  }
  progress.stop();
  return { text: text(), progress };
}

test('without a terminal a line is written for each file, epoch and end, and nothing is drawn', () => {
  const { text, progress } = shown(false, [
    fetching('config.json', 0, 600),
    fetching('config.json', 600, 600),
    fetching('model.safetensors', 45e6, 90e6),
    fetching('model.safetensors', 90e6, 90e6),
    start,
    step(1),
    epoch(1),
    { type: 'checkpoint', file: 'c', epoch: 1, step: 5 },
    { type: 'stopped', epoch: 1 },
  ]);
  expect(text).toBe(
    [
      'fetching config.json, 600 B',
      'fetching model.safetensors, 90 MB',
      'model    1,234,567 parameters, 10 steps in 2 epochs',
      'epoch  1/2  loss 0.5000  dev F1 33.3 (precision 50.0, recall 25.0)  best so far',
      'stopped  after epoch 1, by early stopping',
      '',
    ].join('\n'),
  );
  expect(progress.lastSaved()).toBe(5);
});

test('on a terminal there is a bar of the steps, with the time that is left, and lines stay above it', () => {
  const { text } = shown(true, [start, step(1), step(2), epoch(1), step(6), { type: 'exporting' }]);
  // The last drawing: 4 steps are left, and 6 of them took 4 seconds.
  expect(text).toMatch(/=+-+ 6\/10 \| 3s left \| loss 0\.1235 \| epoch 2\/2 \| 3 sentences\/s \| dev F1 33\.3/);
  expect(text).toMatch(/epoch {2}1\/2 {2}loss 0\.5000 {2}dev F1 33\.3 .*best so far\n/);
  expect(text.endsWith('measuring and writing the bundle ...\n')).toBe(true);
});

test('on a terminal there is a bar of the bytes of each file, and none when it is there', () => {
  const { text } = shown(true, [
    fetching('model.safetensors', 45e6, 90e6),
    { type: 'encoder', name: 'a/b', architecture: 'bert', layers: 6, width: 384, unexpected: [], pieces: 9, rows: 9 },
  ]);
  expect(text).toMatch(/^fetching model\.safetensors, 90 MB\n/);
  expect(text).toMatch(/={8}-{8} 45 MB of 90 MB/);
  expect(text.endsWith('encoder  a/b: bert, 6 layers of 384\n')).toBe(true);
});
