import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readAhead } from '../../../shared/event-loop/read-ahead.ts';

async function* lists(
  all: readonly (readonly number[])[],
  made: number[] = [],
): AsyncGenerator<readonly number[], void> {
  for (const [i, list] of all.entries()) {
    await setImmediate();
    made.push(i);
    yield list;
  }
}

test('gives each item once, in order, to whoever asks', async () => {
  const some = fc.array(fc.array(fc.nat(), { maxLength: 3 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(some, fc.integer({ min: 1, max: 4 }), async (all, readers) => {
      const source = readAhead(lists(all));
      const read: number[] = [];
      const reader = async (): Promise<void> => {
        for (let item = await source.next(); item !== undefined; item = await source.next()) read.push(item);
      };
      await Promise.all(Array.from({ length: readers }, reader));
      expect(read).toEqual(all.flat());
      expect(await source.next()).toBeUndefined();
    }),
  );
});

test('has the next list made while one is used up, and no further one', async () => {
  const made: number[] = [];
  const source = readAhead(lists([[1, 2], [3], [4]], made));
  expect(await source.next()).toBe(1);
  await setImmediate();
  await setImmediate();
  expect(made).toEqual([0, 1]);
});

test('has no list made after it was stopped', async () => {
  const made: number[] = [];
  const source = readAhead(lists([[1], [2], [3]], made));
  expect(await source.next()).toBe(1);
  source.stop();
  for (let i = 0; i < 4; i++) await setImmediate();
  expect(made).toEqual([0, 1]);
});

test('fails where the making of a list fails, for all who wait', async () => {
  async function* failing(): AsyncGenerator<readonly number[], void> {
    yield [1];
    await setImmediate();
    throw new Error('no tokeniser');
  }
  const source = readAhead(failing());
  expect(await source.next()).toBe(1);
  const waiting = [source.next(), source.next()];
  for (const one of waiting) await expect(one).rejects.toThrow('no tokeniser');
});
