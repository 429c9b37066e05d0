import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEventLog } from '../../../training/job/event-log.ts';
import type { JobEvent } from '../../../training/job/training-job.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const windows: JobEvent = { type: 'windows', longSentences: 0, unseenWords: 0 };
const step = (number: number, loss = number): JobEvent => ({
  type: 'step',
  step: number,
  epoch: 1,
  loss,
  gradientNorm: 1,
  learningRate: 1,
  sentences: 4,
});
const dev = { precision: 1, recall: 1, f1: 1, support: 1 };
const epoch = (number: number): JobEvent => ({
  type: 'epoch',
  epoch: number,
  step: 2 * number,
  loss: 1,
  dev,
  best: true,
});

const clock = (): Date => new Date(0);
const at = clock().toISOString();

const linesOf = (folder: string): unknown[] =>
  readFileSync(join(folder, 'events.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);

test('keeps events back until the run begins, and then replaces the log of another run', () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'events.jsonl'), '{"type":"old"}\n');
  const log = createEventLog(folder, clock);
  log.add(windows);
  expect(linesOf(folder)).toEqual([{ type: 'old' }]);
  log.begin({ resume: false });
  log.add(step(1));
  expect(linesOf(folder)).toEqual([
    { at, ...windows },
    { at, ...step(1) },
  ]);
});

test('goes on after what the same run wrote, of which what was done again counts once', () => {
  const folder = tempFolder();
  const first = createEventLog(folder, clock);
  first.begin({ resume: false });
  for (const event of [step(1), step(2), epoch(1), step(3, 0.5)]) first.add(event);
  // The process was killed while it wrote.
  writeFileSync(join(folder, 'events.jsonl'), '{"type":"step","st', { flag: 'a' });
  const second = createEventLog(folder, clock);
  second.begin({ resume: true });
  for (const event of [step(3), step(4), epoch(2)]) second.add(event);
  expect(second.history()).toEqual([step(1), step(2), epoch(1), step(3), step(4), epoch(2)]);
});

test('leaves a damaged line out of the history', () => {
  const folder = tempFolder();
  writeFileSync(join(folder, 'events.jsonl'), `${JSON.stringify(step(1))}\n{"type":"ep\0\n`);
  const log = createEventLog(folder, clock);
  log.begin({ resume: true });
  log.add(step(2));
  expect(log.history()).toEqual([step(1), step(2)]);
});

test('fails by name when it cannot be written', () => {
  const folder = tempFolder();
  mkdirSync(join(folder, 'events.jsonl'));
  const log = createEventLog(folder, clock);
  log.add(windows);
  expectFails(
    () => {
      log.begin({ resume: true });
    },
    'E_FILE_UNWRITABLE',
    'events.jsonl: cannot be written: EISDIR',
  );
});
