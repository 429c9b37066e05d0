import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import type { TaggedTweet } from '../../shared/contracts/tweet.ts';
import { createRng } from '../../shared/random.ts';
import { readResults } from '../../shared/results/read-results.ts';
import { normalForm } from '../../shared/trends/normal-form.ts';
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
/** A process is killed when it has accepted up to so many batches and worked on for so long; one in five while it starts. */
const MAX_BATCHES = 5;
const MAX_LIFE_MS = 150;
const STARTS_ONLY = 5;
const COMPACTION = { firstMs: 50, everyMs: 500, graceMs: 0 };

const NAMES = ['Anna', 'Paris', 'Bob Smith', 'Lisbon', 'nobody', '😀'];
const tweets = Array.from({ length: TWEETS }, (_, i) => ({
  id: (1_900_000_000_000_000_000n + BigInt(i) * 4_099n).toString(),
  text: `${NAMES[i % NAMES.length]!} met ${NAMES[(i * 7) % NAMES.length]!} at ${i}`,
}));

/** Posts batch after batch, trying one again that the host did not accept; returns how many are done. */
async function post(url: string, from: number, until: number, onAccepted?: (done: number) => void): Promise<number> {
  for (let batch = from; batch < until; batch++) {
    for (;;) {
      const status = await postTweets(url, tweets.slice(batch * BATCH, (batch + 1) * BATCH));
      if (status === 202) break;
      if (status === undefined) return batch;
      expect([429, 503]).toContain(status);
      await setTimeout(50);
    }
    onAccepted?.(batch + 1);
  }
  return until;
}

/** Tweets of a day and mentions of each name, summed over all days, as trends have counted them. */
function countedTrends(state: string): ReadonlyMap<string, number> {
  const database = new DatabaseSync(join(state, 'trends.sqlite'), { readOnly: true });
  const total = database.prepare('SELECT sum(tweets) AS tweets FROM totals WHERE grain = 2').all();
  const names = database
    .prepare(
      `SELECT type || ' ' || form AS name, sum(tweets) AS tweets FROM counts JOIN names ON names.n = counts.name
        WHERE grain = 2 GROUP BY type, form`,
    )
    .all();
  database.close();
  return new Map([...names, ...total].map(({ name, tweets: count }) => [String(name ?? 'all'), Number(count)]));
}

/** The same from the results. */
function countResults(records: readonly TaggedTweet[]): ReadonlyMap<string, number> {
  const counts = new Map([['all', records.length]]);
  for (const { entities } of records) {
    const names = new Set(
      entities
        .map(({ type, text }) => ({ type, form: normalForm(text) }))
        .filter(({ form }) => form !== '')
        .map(({ type, form }) => `${type} ${form}`),
    );
    for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

test(
  'killed two hundred times at random moments, the host has every tweet in results and trends exactly once',
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
      const goal = Math.min(batches, done + rng.int(MAX_BATCHES + 1));
      const reached = Promise.withResolvers<undefined>();
      const work = url.then(async (at) => {
        if (at === undefined) return done;
        served += 1;
        if (done === goal) reached.resolve(undefined);
        return post(at, done, batches, (accepted) => {
          if (accepted >= goal) reached.resolve(undefined);
        });
      });
      if (round % STARTS_ONLY !== 0) await Promise.race([reached.promise, work]);
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
    const records = await collect(readResults(store));
    for (const record of records) {
      expect(text.get(record.id)).toBe(record.text);
      text.delete(record.id);
    }
    expect([records.length, text.size]).toEqual([TWEETS, 0]);
    expect(countedTrends(state)).toEqual(countResults(records));
  },
);
