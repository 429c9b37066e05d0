import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { atOnce, inTurns, type Steps } from '../../../shared/event-loop/steps.ts';

function* counted(steps: number, log: string[]): Steps<string> {
  for (let i = 0; i < steps; i++) {
    if (i > 0) yield;
    log.push(`step ${i}`);
  }
  return 'done';
}

test('atOnce runs to the end and gives the result', () => {
  const log: string[] = [];
  expect(atOnce(counted(3, log))).toBe('done');
  expect(log).toEqual(['step 0', 'step 1', 'step 2']);
});

test('inTurns lets others in between the steps', async () => {
  const log: string[] = [];
  const result = inTurns(counted(3, log));
  log.push('after the call');
  void setImmediate().then(() => log.push('another'));
  expect(await result).toBe('done');
  expect(log).toEqual(['step 0', 'after the call', 'step 1', 'another', 'step 2']);
});

test('fails with what a step throws', async () => {
  function* failing(): Steps<never> {
    yield;
    throw new Error('no more');
  }
  expect(() => atOnce(failing())).toThrow('no more');
  await expect(inTurns(failing())).rejects.toThrow('no more');
});
