import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createPace } from '../../../shared/event-loop/pace.ts';

/** In which turn of the event loop each piece of work is let in. */
async function turnsOf(perTurn: number, work: readonly number[]): Promise<readonly number[]> {
  const pace = createPace(perTurn);
  let turn = 0;
  const over = new AbortController();
  const counting = (async () => {
    while (!over.signal.aborted) {
      await setImmediate();
      turn++;
    }
  })();
  const turns: number[] = [];
  await Promise.all(work.map((amount, i) => pace(amount).then(() => (turns[i] = turn))));
  over.abort();
  await counting;
  return turns.map((one) => one - turns[0]!);
}

test('lets work in until a turn is full, then waits for the next', async () => {
  expect(await turnsOf(10, [4, 6, 1, 9, 3])).toEqual([0, 0, 1, 1, 2]);
});

test('gives work that is larger than a turn one of its own', async () => {
  expect(await turnsOf(10, [50, 1, 50, 50])).toEqual([0, 1, 2, 3]);
});

test('lets those in who come later, whether turns have passed or not', async () => {
  const pace = createPace(10);
  await pace(8);
  await setImmediate();
  await pace(8);
  await pace(1);
});
