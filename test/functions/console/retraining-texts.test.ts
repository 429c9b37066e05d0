import { expect, test } from 'vitest';
import { dateText, jobFacts, jobTitle } from '../../../functions/console/app/retraining-texts.ts';
import type { JobSummary } from '../../../shared/contracts/api.ts';

const job: JobSummary = {
  name: 'a',
  dataset: 'tiny/0123456789abcdef',
  status: 'InProgress',
  stage: 'Training',
  createdAt: '2026-03-04T05:06:07.000Z',
  metrics: {},
};

test.each([
  ['InProgress', 'Training on tiny'],
  ['Stopping', 'Stopping the training on tiny'],
  ['Completed', 'Measuring the model of tiny'],
] as const)('a job that is %s is called so', (status, title) => {
  expect(jobTitle({ ...job, status })).toBe(title);
});

test('the facts are those that there are', () => {
  expect(jobFacts(job, 0)).toBe('');
  expect(jobFacts({ ...job, stage: 'Downloading' }, 1)).toBe('Downloading · 1 more waits');
  const metrics = { 'train:epoch': 3, 'train:loss': 0.25, 'val:f1': 0.5, 'train:tweets_per_second': 1_234.4 };
  expect(jobFacts({ ...job, metrics }, 2)).toBe('epoch 3 · loss 0.250 · dev F1 0.500 · 1,234 tweets/s · 2 more wait');
});

test('a moment of today is a time, another has its date as well', () => {
  const now = new Date('2026-03-04T12:00:00');
  expect(dateText('2026-03-04T11:00:00', now)).not.toContain('2026');
  expect(dateText('2026-03-01T11:00:00', now)).toContain('2026');
});
