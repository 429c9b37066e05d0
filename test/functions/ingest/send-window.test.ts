import { expect, test } from 'vitest';
import { createSendWindow } from '../../../functions/ingest/send-window.ts';
import type { Pack } from '../../../shared/contracts/message.ts';
import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { createFakeClock } from '../../support/fake-clock.ts';

const tweets = (...ids: readonly string[]): Tweet[] => ids.map((id) => ({ id, text: `text ${id}` }));

/** A window over a queue in memory, whose time passes when told. */
function rig({ fails = false, fullTweets = 4 } = {}) {
  const clock = createFakeClock();
  const sent: Pack[] = [];
  const timers: { readonly atMs: number; readonly callback: () => void }[] = [];
  const now = (): number => clock().getTime();
  const window = createSendWindow({
    queue: {
      send: async (bodies) => {
        if (fails) throw new Error('the disk is full');
        sent.push(...bodies.map((body) => JSON.parse(body) as Pack));
        return bodies.map((_, i) => String(i));
      },
    },
    clock,
    now,
    intervalMs: 20,
    fullTweets,
    after: (ms, callback) => void timers.push({ atMs: now() + ms, callback }),
  });
  const pass = (ms: number): void => {
    clock.advance(ms);
    for (const timer of timers.splice(0)) {
      if (timer.atMs <= now()) timer.callback();
      else timers.push(timer);
    }
  };
  return { window, clock, pass, ids: () => sent.map((pack) => pack.tweets.map(({ id }) => id)), sent };
}

test('the first tweets after a pause go at once', async () => {
  const { window, pass, ids } = rig();
  await window.send(tweets('1'));
  expect(ids()).toEqual([['1']]);
  pass(20);
  await window.send(tweets('2'));
  expect(ids()).toEqual([['1'], ['2']]);
});

test('what follows within the interval goes together at its end, dated by its first', async () => {
  const { window, clock, pass, ids, sent } = rig();
  await window.send(tweets('1'));
  pass(5);
  const firstAt = clock().toISOString();
  const later = [window.send(tweets('2')), window.send(tweets('3'))];
  pass(14);
  expect(ids()).toEqual([['1']]);
  pass(1);
  expect(await Promise.all(later)).toMatchObject([{ messages: 1 }, { messages: 1 }]);
  expect(ids()).toEqual([['1'], ['2', '3']]);
  expect(sent[1]!.receivedAt).toBe(firstAt);
});

test('enough for a message does not wait, and nothing is sent twice when the interval ends', async () => {
  const { window, pass, ids } = rig();
  await window.send(tweets('1'));
  const waiting = window.send(tweets('2'));
  await window.send(tweets('3', '4', '5'));
  await waiting;
  pass(40);
  expect(ids()).toEqual([['1'], ['2', '3', '4', '5']]);
});

test('each sender is told of its own messages and of its own tweets that fit into none', async () => {
  const { window, pass } = rig({ fullTweets: 1_000 });
  await window.send(tweets('0'));
  // About 30,000 bytes each: two fit into one message of 64,000.
  const large = (id: string): Tweet => ({ id, text: 'x'.repeat(30_000) });
  const first = window.send([large('1'), large('2'), large('3')]);
  const second = window.send([large('4'), { id: 'huge', text: 'x'.repeat(70_000) }]);
  pass(20);
  expect(await first).toEqual({ messages: 2, tooLarge: [] });
  expect(await second).toMatchObject({
    messages: 1,
    tooLarge: [{ tweet: { id: 'huge' }, error: { code: 'E_TWEET_TOO_LARGE' } }],
  });
});

test('fails for all that went together when the queue does', async () => {
  const { window, pass } = rig({ fails: true });
  await expect(window.send(tweets('1'))).rejects.toThrow('the disk is full');
  const later = [window.send(tweets('2')), window.send(tweets('3'))];
  const outcomes = Promise.allSettled(later);
  pass(20);
  expect((await outcomes).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});

test('sends nothing for no tweets', async () => {
  const { window, ids } = rig();
  expect(await window.send([])).toEqual({ messages: 0, tooLarge: [] });
  expect(ids()).toEqual([]);
});
