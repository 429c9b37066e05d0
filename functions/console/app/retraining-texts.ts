import type { JobSummary } from '../../../shared/contracts/api.ts';
import { formatCount } from './numbers.ts';

/** What is done for a dataset at the moment. */
export function jobTitle({ dataset, status }: JobSummary): string {
  const [name] = dataset.split('/');
  switch (status) {
    case 'Completed':
      return `Measuring the model of ${name!}`;
    case 'Stopping':
      return `Stopping the training on ${name!}`;
    case 'InProgress':
    case 'Failed':
    case 'Stopped':
      return `Training on ${name!}`;
  }
}

/** How far a job is, in the figures that its trainer has printed so far. */
export function jobFacts({ stage, metrics }: JobSummary, waiting: number): string {
  // The title says so already.
  const facts = stage === 'Training' ? [] : [stage];
  const epoch = metrics['train:epoch'];
  const loss = metrics['train:loss'];
  const f1 = metrics['val:f1'];
  const speed = metrics['train:tweets_per_second'];
  if (epoch !== undefined) facts.push(`epoch ${formatCount(epoch)}`);
  if (loss !== undefined) facts.push(`loss ${loss.toFixed(3)}`);
  if (f1 !== undefined) facts.push(`dev F1 ${f1.toFixed(3)}`);
  if (speed !== undefined) facts.push(`${formatCount(speed)} tweets/s`);
  if (waiting > 0) facts.push(`${formatCount(waiting)} more ${waiting === 1 ? 'waits' : 'wait'}`);
  return facts.join(' · ');
}

/** A moment in the reader's own time: of today the time alone. */
export function dateText(iso: string, now = new Date()): string {
  const date = new Date(iso);
  const sameDay = date.toDateString() === now.toDateString();
  return date.toLocaleString(undefined, {
    ...(sameDay ? {} : { dateStyle: 'medium' as const }),
    timeStyle: 'short',
  });
}
