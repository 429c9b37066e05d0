import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPump } from '../../functions/local/pump.ts';
import { createTaggerHandler, type TaggerResult } from '../../functions/tagger/handler.ts';
import type { Tagger } from '../../functions/tagger/tagger.ts';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import { SqliteIdLedger } from '../../shared/ledger/sqlite-id-ledger.ts';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import { packTweets } from '../../shared/stream/packer.ts';
import { parseTweets } from '../../shared/stream/parse-tweets.ts';

export interface StreamBenchOptions {
  readonly tagger: Tagger;
  /** A repeated id is not tagged again. */
  readonly tweets: readonly Tweet[];
  /** Batches at work at once in the pump. */
  readonly lanes?: number;
}

export interface StreamBenchResult {
  /** Tagged, that is with distinct ids. */
  readonly tweets: number;
  readonly messages: number;
  readonly seconds: number;
  /** From NDJSON bytes through parser, packer, queue, ledger and tagger to the stored result. */
  readonly tweetsPerSecond: number;
  readonly storedBytes: number;
}

/** Tweets of one call of the parser and packer, as from one read of a file. */
const CHUNK_TWEETS = 2_000;

/** The embedded path end to end, in one process, on a folder of its own that is removed afterwards. */
export async function benchStream({ tagger, tweets, lanes }: StreamBenchOptions): Promise<StreamBenchResult> {
  const folder = await mkdtemp(join(tmpdir(), 'tagwright-bench-'));
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(folder, 'store'), clock });
  const queue = new SqliteQueue({ path: join(folder, 'queue.db'), clock });
  const ledger = new SqliteIdLedger({ path: join(folder, 'ledger.db'), clock });
  const chunks = ndjsonChunks(tweets);
  const stop = new AbortController();
  let tagged = 0;
  let done = 0;
  const handler = createTaggerHandler({ tagger, store, ledger, clock });
  const onBatch = (result: TaggerResult): void => {
    tagged += result.tagged;
    done += result.tagged + result.duplicates + result.quarantined;
    if (done === tweets.length) stop.abort();
  };
  const events = {
    onBatch,
    onError: (error: unknown) => {
      stop.abort(error);
    },
  };
  const pump = createPump({ queue, handler, clock, events, ...(lanes === undefined ? {} : { lanes }) });
  try {
    const begun = performance.now();
    const running = pump.run(stop.signal);
    let messages = 0;
    for (const chunk of chunks) {
      const parsed = parseTweets(chunk, { name: 'bench', format: 'ndjson' });
      const packed = packTweets(parsed.tweets, { receivedAt: clock() });
      await queue.send(packed.messages.map(({ body }) => body));
      messages += packed.messages.length;
      // Lets the pump in: a source that reads and sends without a pause would be measured before the tagger.
      await new Promise((resolve) => setImmediate(resolve));
    }
    await running;
    const seconds = (performance.now() - begun) / 1_000;
    if (done !== tweets.length)
      throw new Error(`done with ${done} of ${tweets.length} tweets`, { cause: stop.signal.reason });
    let storedBytes = 0;
    for await (const { sizeBytes } of store.list('tagged/')) storedBytes += sizeBytes;
    return { tweets: tagged, messages, seconds, tweetsPerSecond: tagged / seconds, storedBytes };
  } finally {
    for (const resource of [queue, ledger, store]) resource.close();
    await rm(folder, { recursive: true });
  }
}

function ndjsonChunks(tweets: readonly Tweet[]): readonly Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let i = 0; i < tweets.length; i += CHUNK_TWEETS) {
    const lines = tweets.slice(i, i + CHUNK_TWEETS).map((tweet) => `${JSON.stringify(tweet)}\n`);
    chunks.push(Buffer.from(lines.join('')));
  }
  return chunks;
}
