import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createIngest, type Ingest } from '../../../functions/ingest/ingest.ts';
import { createMetrics } from '../../../shared/metrics/metrics.ts';
import { SqliteQueue } from '../../../shared/queue/sqlite-queue.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import { parseTweets } from '../../../shared/stream/parse-tweets.ts';
import { collect } from '../../support/collect.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function rig() {
  const folder = tempFolder();
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(folder, 'store'), clock });
  const queue = new SqliteQueue({ path: join(folder, 'queue.db'), clock });
  onTestFinished(() => {
    queue.close();
    store.close();
  });
  const metrics = createMetrics();
  const ingest = createIngest({ queue, store, clock, metrics, maxMessages: 10 });
  return { ingest, queue, store, metrics };
}

async function take(ingest: Ingest, bytes: Uint8Array, source?: string) {
  const { tweets, rejected } = parseTweets(bytes, { name: 'tweets', format: 'ndjson' });
  return ingest.take(tweets, rejected, source);
}

test('tweets are on the queue and bad lines in quarantine, with their source, when it resolves', async () => {
  const { ingest, queue, store, metrics } = rig();
  const lines = Buffer.concat([Buffer.from('{"id":"1","text":"a"}\n{"id":2}\n'), Buffer.of(0xff, 0x0a)]);
  expect(await take(ingest, lines, 'jetstream')).toEqual({ accepted: 1, rejected: 2, messages: 1 });
  expect(await queue.depth()).toMatchObject({ ready: 1 });
  expect(ingest.rejected()).toBe(2);
  const key = (await collect(store.list('quarantine/')))[0]!.key;
  const entries = Buffer.from((await store.get(key))!.body)
    .toString()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
  expect(entries).toMatchObject([
    { source: 'jetstream', line: 2, code: 'E_TWEET_MALFORMED', raw: '{"id":2}' },
    // What is not UTF-8 is kept byte for byte.
    { source: 'jetstream', line: 3, code: 'E_TWEET_MALFORMED', raw: '/w==', encoding: 'base64' },
  ]);
  const text = await metrics.text();
  expect(text).toContain('tagwright_tweets_accepted_total 1\n');
  expect(text).toContain('tagwright_lines_rejected_total 2\n');
});

test('tweets that come at the same time share messages, and each sender learns of its own', async () => {
  const { ingest, queue } = rig();
  const senders = Array.from({ length: 20 }, (_, i) => take(ingest, Buffer.from(`{"id":"${i}","text":"a"}`)));
  const answers = await Promise.all(senders);
  expect(answers).toEqual(Array.from({ length: 20 }, () => ({ accepted: 1, rejected: 0, messages: 1 })));
  // The first goes at once; how many intervals the others fill is the machine's matter.
  expect((await queue.depth()).ready).toBeLessThan(20);
});
