import { writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { type TaggedTweet, taggedTweetSchema, type Tweet } from '../../../shared/contracts/tweet.ts';
import { createRng } from '../../../shared/random.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import type { QuarantineEntry } from '../../../shared/stream/quarantine.ts';
import { startChild } from '../../support/run-child.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const ROUNDS = 20;
const TWEETS = 20_000;

/** A process is killed after at most so many lines of its trace, so that work is left for all the rounds. */
const MAX_TRACE_LINES = 70;

interface Input {
  readonly lines: readonly string[];
  readonly taggable: ReadonlySet<string>;
  readonly poison: ReadonlySet<string>;
  readonly bad: ReadonlySet<string>;
}

/** Tweets, every 20th a second time much later, every 500th untaggable, and a line that is none after every 400th. */
function createInput(): Input {
  const ids = Array.from({ length: TWEETS }, (_, i) => (1_900_000_000_000_000_000n + BigInt(i) * 4_099n).toString());
  const lines: string[] = [];
  const [taggable, poison, bad] = [new Set<string>(), new Set<string>(), new Set<string>()];
  for (const [i, id] of ids.entries()) {
    const isPoison = i % 500 === 7;
    (isPoison ? poison : taggable).add(id);
    const tweet: Tweet = { id, text: isPoison ? `poison ${i}` : `number ${i}: Anna met Bob ${'x'.repeat(i % 150)}` };
    lines.push(JSON.stringify(tweet));
    if (i % 20 === 3 && i > 4_000) lines.push(JSON.stringify({ id: ids[i - 4_000], text: 'the same id again' }));
    if (i % 400 === 11) {
      bad.add(`broken line ${i}`);
      lines.push(`broken line ${i}`);
    }
  }
  return { lines, taggable, poison, bad };
}

/** Runs the stream; kills it after so many lines of its trace. True when it ended by itself. */
async function runUntil(folder: string, file: string, killAfterLines: number): Promise<boolean> {
  const child = startChild(new URL('../../support/stream-child.ts', import.meta.url), [folder, file]);
  let stderr = '';
  child.stderr!.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close') as Promise<[number | null, string | null]>;
  let seen = 0;
  for await (const line of createInterface({ input: child.stdout! })) {
    seen += 1;
    if (line === 'all done') break;
    if (seen === killAfterLines) child.kill('SIGKILL');
  }
  const [code, signal] = await closed;
  if (signal !== 'SIGKILL') expect([code, stderr]).toEqual([0, '']);
  return signal !== 'SIGKILL';
}

async function readLines(store: FolderObjectStore, prefix: string): Promise<readonly unknown[]> {
  const values: unknown[] = [];
  for await (const { key } of store.list(prefix)) {
    const text = Buffer.from((await store.get(key))!.body).toString('utf8');
    expect(text.endsWith('\n')).toBe(true);
    for (const line of text.trimEnd().split('\n')) values.push(JSON.parse(line));
  }
  return values;
}

test(
  'killed at any moment and started again, every tweet is in the results exactly once',
  { timeout: 90_000 },
  async () => {
    const folder = tempFolder();
    const file = join(folder, 'tweets.ndjson');
    const { lines, taggable, poison, bad } = createInput();
    writeFileSync(file, `${lines.join('\n')}\n`);
    const rng = createRng(1, 'kill');
    let kills = 0;
    for (let round = 0; round < ROUNDS; round++) {
      if (!(await runUntil(folder, file, 1 + rng.int(MAX_TRACE_LINES)))) kills += 1;
    }
    // Otherwise the last rounds would have had nothing to interrupt.
    expect(kills).toBe(ROUNDS);
    expect(await runUntil(folder, file, Infinity)).toBe(true);

    const store = new FolderObjectStore({ root: join(folder, 'store'), clock: () => new Date() });
    onTestFinished(() => {
      store.close();
    });
    const records: readonly TaggedTweet[] = (await readLines(store, 'tagged/')).map((value) =>
      taggedTweetSchema.parse(value),
    );
    const ids = records.map(({ id }) => id);
    expect(new Set(ids)).toEqual(taggable);
    expect(ids).toHaveLength(taggable.size);

    const entries = (await readLines(store, 'quarantine/')) as readonly QuarantineEntry[];
    const rejected = entries.filter(({ source }) => source !== 'tagger').map(({ raw }) => raw);
    expect(rejected.sort()).toEqual([...bad].sort());
    const untaggable = entries
      .filter(({ source }) => source === 'tagger')
      .map(({ raw }) => (JSON.parse(raw) as Tweet).id);
    expect(untaggable.sort()).toEqual([...poison].sort());
  },
);
