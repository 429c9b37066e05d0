import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createIngest } from '../../../functions/ingest/ingest.ts';
import { replayQuarantine } from '../../../functions/local/replay.ts';
import { createTaggerHandler } from '../../../functions/tagger/handler.ts';
import { SqliteIdLedger } from '../../../shared/ledger/sqlite-id-ledger.ts';
import { createMetrics } from '../../../shared/metrics/metrics.ts';
import { SqliteQueue } from '../../../shared/queue/sqlite-queue.ts';
import { compactHour } from '../../../shared/results/compact-hour.ts';
import { readResults } from '../../../shared/results/read-results.ts';
import { resultHours } from '../../../shared/results/result-hour.ts';
import { parseTweets } from '../../../shared/stream/parse-tweets.ts';
import { readQuarantine } from '../../../shared/stream/quarantined.ts';
import { collect } from '../../support/collect.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openStore } from '../../support/open-store.ts';
import { plainTagger } from '../../support/plain-tagger.ts';

/** A stream without a host: what is posted goes to the queue, `tag` empties it. */
function stream() {
  const { root, store } = openStore();
  const clock = createFakeClock();
  const queue = new SqliteQueue({ path: join(root, 'queue.db'), clock });
  const ledger = new SqliteIdLedger({ path: join(root, 'ledger.db'), clock });
  onTestFinished(() => {
    queue.close();
    ledger.close();
  });
  const ingest = createIngest({ queue, store, clock, metrics: createMetrics(), maxMessages: 100 });
  const tag = async (tagger = plainTagger): Promise<void> => {
    const handler = createTaggerHandler({ tagger, store, ledger, clock });
    const messages = await queue.receive({ max: 100, visibilityTimeoutMs: 1_000 });
    await handler.handle(messages);
    await queue.delete(messages.map(({ receipt }) => receipt));
  };
  return {
    deps: { store, ledger, ingest },
    clock,
    tag,
    post: async (...lines: readonly string[]) => {
      const { tweets, rejected } = parseTweets(Buffer.from(lines.join('\n')), { name: 'tweets', format: 'ndjson' });
      await ingest.take(tweets, rejected);
    },
    ids: async () => (await collect(readResults(store))).map(({ id }) => id).sort(),
    left: async () => (await collect(readQuarantine(store))).flatMap(({ entries }) => entries),
    compact: async () => {
      for (const hour of await resultHours(store)) await compactHour(store, hour);
    },
  };
}

test('what is no tweet still stays, with the reason, and is told', async () => {
  const { deps, post, left, ids, tag } = stream();
  await post('{"id":1,"text":"a"}', '{"id":"2","text":"b"}', 'nonsense');
  const told: string[] = [];
  const done = await replayQuarantine(deps, { onRefused: (_, reason) => told.push(reason) });
  expect(done).toEqual({ sent: 0, tagged: 0, refused: 2, missing: 0 });
  expect(told).toEqual([
    expect.stringContaining('http:1: tweet: id: '),
    expect.stringContaining('http:3: tweet: not JSON'),
  ]);
  expect(await left()).toHaveLength(2);
  await tag();
  expect(await ids()).toEqual(['2']);
});

test('mended entries are tagged, once however often they are replayed, and leave the quarantine', async () => {
  const { deps, post, left, ids, tag } = stream();
  await post('{"id":1,"text":"a"}', 'nonsense', '{"id":"2","text":"b"}');
  const [first, second] = await left();
  const mended = [
    { key: first!.key, raw: '{"id":"1","text":"Anna"}' },
    { key: second!.key, raw: '{"id":"2","text":"the same id as one that was good"}' },
  ];
  expect(await replayQuarantine(deps, { mended })).toEqual({ sent: 2, tagged: 0, refused: 0, missing: 0 });
  expect(await replayQuarantine(deps, { mended })).toEqual({ sent: 0, tagged: 0, refused: 0, missing: 2 });
  await tag();
  expect(await ids()).toEqual(['1', '2']);
  expect(await left()).toEqual([]);
});

test('a tweet that could not be tagged is tagged when it is replayed to a tagger that can', async () => {
  const { deps, post, left, ids, tag, clock } = stream();
  await post('{"id":"1","text":"a"}', '{"id":"2","text":"poison"}');
  await tag();
  expect(await ids()).toEqual(['1']);
  clock.advance(60_000);
  expect(await replayQuarantine(deps)).toEqual({ sent: 1, tagged: 0, refused: 0, missing: 0 });
  // Still poison: it is refused again, under a new name, and can be replayed again.
  await tag();
  expect(await left()).toMatchObject([{ source: 'tagger' }]);
  clock.advance(60_000);
  await replayQuarantine(deps);
  await tag({ modelId: 'better', tag: async (texts) => texts.map(() => []) });
  expect(await ids()).toEqual(['1', '2']);
  expect(await left()).toEqual([]);
});

test('a tweet that a later delivery of its message tagged after all is not tagged again, compacted or not', async () => {
  for (const compacted of [false, true]) {
    const { deps, post, ids, tag, compact, left } = stream();
    await post('{"id":"2","text":"poison"}');
    await tag();
    // The message was delivered again, to a tagger that could.
    await post('{"id":"2","text":"poison"}');
    await tag({ modelId: 'better', tag: async (texts) => texts.map(() => []) });
    if (compacted) await compact();
    expect(await replayQuarantine(deps)).toEqual({ sent: 0, tagged: 1, refused: 0, missing: 0 });
    await tag();
    expect(await ids()).toEqual(['2']);
    expect(await left()).toEqual([]);
  }
});

test('only what the filter lets through is replayed', async () => {
  const { deps, post, left, tag } = stream();
  await post('nonsense', '{"id":"2","text":"poison"}');
  await tag();
  expect(await replayQuarantine(deps, { filter: { code: 'E_INTERNAL' } })).toMatchObject({ sent: 1, refused: 0 });
  expect(await left()).toMatchObject([{ code: 'E_TWEET_MALFORMED' }]);
});
