import { Hono } from 'hono';
import { expect, test } from 'vitest';
import type { ApiEnv } from '../../../functions/api/api-env.ts';
import { inFlightLimit } from '../../../functions/api/in-flight-limit.ts';

/** Requests that wait for `answer`, their body read at once or never; each tells when it is cut. */
function bench(max: number) {
  let nowMs = 0;
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const cut: string[] = [];
  const app = new Hono<ApiEnv>();
  app.use(inFlightLimit(max, () => nowMs));
  app.post('/:name/:sender', async (c) => {
    if (c.req.param('sender') === 'fast') c.get('bodyRead')?.();
    await answered;
    return c.text('done');
  });
  return {
    answer: () => {
      answer(undefined);
    },
    cut,
    advance: (ms: number) => {
      nowMs += ms;
    },
    post: async (name: string, sender: 'fast' | 'slow') => {
      const disconnect = (): void => void cut.push(name);
      return (await app.request(`/${name}/${sender}`, { method: 'POST' }, { disconnect })).status;
    },
  };
}

test('a request that finds no place cuts the body that has been slow for the longest', async () => {
  const { post, cut, advance, answer } = bench(2);
  const first = post('first', 'slow');
  advance(1_000);
  const second = post('second', 'slow');
  advance(999);
  expect([await post('early', 'fast'), cut]).toEqual([429, []]);
  advance(1);
  const third = post('third', 'fast');
  expect(cut).toEqual(['first']);
  advance(1_000);
  const fourth = post('fourth', 'fast');
  expect(cut).toEqual(['first', 'second']);
  advance(60_000);
  // Whose body is whole is worked on, and never cut.
  expect([await post('late', 'fast'), cut]).toEqual([429, ['first', 'second']]);
  answer();
  expect(await Promise.all([first, second, third, fourth])).toEqual([200, 200, 200, 200]);
  expect(await post('after', 'fast')).toBe(200);
});
