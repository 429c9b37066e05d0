import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { createRng } from '../../shared/random.ts';
import { readResults } from '../../shared/results/read-results.ts';
import { collect } from '../support/collect.ts';
import { cli } from '../support/cli.ts';
import { drained, type HostProcess, hostProcess, postTweets } from '../support/host-process.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { provideTinyModel } from '../support/tiny-model.ts';

const ROUNDS = 200;
const TWEETS = 100_000;
const BATCH = 100;

/** Each process lives half an hour after the one before it, so that there are hours to compact while it is killed. */
const SHIFT_MS = 30 * 60_000;
/** A process is killed up to so long after it began to serve; one in five while it starts. */
const MAX_LIFE_MS = 400;
const STARTS_ONLY = 5;
const COMPACTION = { firstMs: 50, everyMs: 300, graceMs: 0 };

const NAMES = ['Anna', 'Paris', 'Bob Smith', 'Lisbon', 'nobody', '😀'];
const tweets = Array.from({ length: TWEETS }, (_, i) => ({
  id: (1_900_000_000_000_000_000n + BigInt(i) * 4_099n).toString(),
  text: `${NAMES[i % NAMES.length]!} met ${NAMES[(i * 7) % NAMES.length]!} at ${i}`,
}));

/** Posts batch after batch until `until`, trying one again that the host did not accept; returns how many are done. */
async function post(url: string, from: number, until: number): Promise<number> {
  for (let batch = from; batch < until; batch++) {
    for (;;) {
      const status = await postTweets(url, tweets.slice(batch * BATCH, (batch + 1) * BATCH));
      if (status === 202) break;
      if (status === undefined) return batch;
      expect([429, 503]).toContain(status);
      await setTimeout(50);
    }
  }
  return until;
}

test(
  'killed two hundred times at random moments, the host has every tweet in its results exactly once',
  { timeout: 1_200_000 },
  async () => {
    const state = tempFolder();
    await provideTinyModel(state, tempFolder());
    const rng = createRng(5, 'kill the host');
    const batches = TWEETS / BATCH;
    let done = 0;
    let served = 0;
    // The next process loads its modules while this one works.
    let next: HostProcess = hostProcess();
    onTestFinished(() => next.end('SIGKILL'));
    for (let round = 0; round < ROUNDS; round++) {
      const host = next;
      next = hostProcess();
      const url = host.go({ state, shiftMs: round * SHIFT_MS, compaction: COMPACTION });
      const work = url.then(async (at) => {
        if (at === undefined) return done;
        served += 1;
        return post(at, done, Math.ceil(((round + 1) * batches) / (ROUNDS + 1)));
      });
      if (round % STARTS_ONLY !== 0) await url;
      await setTimeout(rng.int(MAX_LIFE_MS));
      await host.end('SIGKILL');
      done = await work;
    }
    // Otherwise most were killed before they had anything to lose.
    expect(served).toBeGreaterThan(ROUNDS / 2);

    const url = (await next.go({ state, shiftMs: ROUNDS * SHIFT_MS, compaction: COMPACTION }))!;
    expect(await post(url, done, batches)).toBe(batches);
    // A message that was in hand at five kills is a dead letter: an operator puts it back, while the host runs.
    await drained(url);
    const redriven = await cli(['redrive', '--state', state]);
    expect([redriven.code, redriven.stderr]).toEqual([0, expect.stringMatching(/dead letters/) as string]);
    await drained(url);
    expect(await next.close()).toBe(0);
    expect(next.log.filter((line) => !/^model|compacted/.test(line))).toEqual([]);

    const { store } = openStore(join(state, 'store'));
    const forms = (await collect(store.keys('tagged/'))).map((key) => key.slice(key.lastIndexOf('.')));
    expect(new Set(forms)).toEqual(new Set(['.ndjson', '.parquet']));
    const text = new Map(tweets.map((tweet) => [tweet.id, tweet.text]));
    let records = 0;
    for await (const record of readResults(store)) {
      records += 1;
      expect(text.get(record.id)).toBe(record.text);
      text.delete(record.id);
    }
    expect([records, text.size]).toEqual([TWEETS, 0]);
  },
);
