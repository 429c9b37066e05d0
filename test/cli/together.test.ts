import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { together } from '../../cli/together.ts';

const untilAborted = async (signal: AbortSignal): Promise<void> => {
  await setTimeout(60_000, undefined, { signal }).catch(() => undefined);
};

test('waits for all', async () => {
  const done: string[] = [];
  await together(new AbortController().signal, [
    async () => {
      await setTimeout(1);
      done.push('slow');
    },
    async () => {
      done.push('fast');
    },
  ]);
  expect(done).toEqual(['fast', 'slow']);
});

test('hands on the signal', async () => {
  const abort = new AbortController();
  const both = together(abort.signal, [untilAborted, untilAborted]);
  abort.abort();
  await both;
});

test('fails with what failed first, after the others have stopped', async () => {
  let stopped = false;
  const both = together(new AbortController().signal, [
    async (signal) => {
      await untilAborted(signal);
      stopped = true;
      throw new Error('on the way out');
    },
    async () => {
      throw new Error('the reason');
    },
  ]);
  await expect(both).rejects.toThrow('the reason');
  expect(stopped).toBe(true);
});
