import { expect, test } from 'vitest';
import type { TaggerHandler, TaggerMessage } from '../../../functions/tagger/handler.ts';
import { createInTimeHandler, LATE } from '../../../functions/tagger/in-time.ts';

const messages = (count: number, bytes = 1_000): TaggerMessage[] =>
  Array.from({ length: count }, (_, i) => ({ id: `m${i}`, body: 'x'.repeat(bytes) }));

/** A handler that takes made-up time for each byte, and a clock that goes by it. */
function rig({ msPerByte = 0.1, never = false } = {}) {
  let at = 0;
  const parts: number[] = [];
  const handler: TaggerHandler = {
    handle: async (part) => {
      parts.push(part.length);
      if (never) await new Promise(() => undefined);
      at += part.reduce((sum, { body }) => sum + body.length, 0) * msPerByte;
      return { failed: [], reasons: new Map(), tagged: part.length, duplicates: 1, quarantined: 2 };
    },
  };
  const inTime = createInTimeHandler({ handler, now: () => at, marginMs: 100 });
  const invoke = (list: readonly TaggerMessage[], ms: number) => {
    const end = at + ms;
    return inTime.handle(list, () => end - at);
  };
  return { invoke, parts };
}

test('learns from the first message, and hands over all the others together', async () => {
  const { invoke, parts } = rig();
  expect(await invoke(messages(10), 30_000)).toMatchObject({ failed: [], tagged: 10, duplicates: 2, quarantined: 4 });
  expect(parts).toEqual([1, 9]);
  await invoke(messages(10), 30_000);
  expect(parts).toEqual([1, 9, 10]);
});

test('stops while there is time to answer, and fails what it has not begun', async () => {
  const { invoke, parts } = rig();
  // 100 ms a message and as much to answer in. Half of what is left is filled: 1, then of 900 ms 4, of 500 2, of 300 1, of 200 1.
  const result = await invoke(messages(12), 1_100);
  expect(parts).toEqual([1, 4, 2, 1, 1]);
  expect(result.failed).toEqual(['m9', 'm10', 'm11']);
  expect(new Set(result.reasons.values())).toEqual(new Set([LATE]));
});

test('tries one message in every invocation that has any time, so that slow ones get through', async () => {
  const { invoke, parts } = rig({ msPerByte: 10 });
  await invoke(messages(3), 11_000);
  await invoke(messages(3), 11_000);
  expect(parts).toEqual([1, 1]);
});

test('fails everything when there is no time at all', async () => {
  const { invoke, parts } = rig();
  expect((await invoke(messages(2), 50)).failed).toEqual(['m0', 'm1']);
  expect(parts).toEqual([]);
});

test('gives up what is not done at the deadline', async () => {
  const { invoke } = rig({ never: true });
  expect((await invoke(messages(2), 120)).failed).toEqual(['m0', 'm1']);
});

test('no messages are no work', async () => {
  const { invoke, parts } = rig();
  expect((await invoke([], 1_000)).failed).toEqual([]);
  expect(parts).toEqual([]);
});
