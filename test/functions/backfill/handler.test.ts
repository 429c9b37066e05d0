import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { type BackfillInput, storeInput } from '../../../functions/backfill/backfill-input.ts';
import { openRun } from '../../../functions/backfill/backfill-run.ts';
import { createBackfillHandler } from '../../../functions/backfill/handler.ts';
import { inputParts, PART_LIMITS } from '../../../functions/backfill/input-parts.ts';
import type { BackfillRunRecord } from '../../../shared/contracts/backfill.ts';
import { taggedTweetSchema } from '../../../shared/contracts/tweet.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { collect } from '../../support/collect.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { codeOf } from '../../support/error-code.ts';
import { openStore } from '../../support/open-store.ts';
import { plainTagger } from '../../support/plain-tagger.ts';

const clock = (): Date => new Date('2026-03-04T05:06:07.000Z');
const limits = { ...PART_LIMITS, lines: 3 };

function input(name: string, body: string | Uint8Array, piece = 7): BackfillInput {
  const bytes = Buffer.from(body);
  return {
    name,
    version: '1',
    chunks: async function* () {
      for (let start = 0; start < bytes.length; start += piece) yield bytes.subarray(start, start + piece);
    },
  };
}

const line = (id: string, createdAt?: string): string =>
  `${JSON.stringify({ id, text: `hello Anna from ${id}`, ...(createdAt === undefined ? {} : { created_at: createdAt }) })}\n`;

function open(store: ObjectStore, run = 'first'): Promise<BackfillRunRecord> {
  return openRun(store, { run, modelId: async () => plainTagger.modelId, clock });
}

async function tagAll(store: ObjectStore, inputs: readonly BackfillInput[]) {
  const record = await open(store);
  return createBackfillHandler({ record, tagger: plainTagger, store, clock, limits }).handle(inputs);
}

async function tagged(store: ObjectStore, prefix = 'backfill/first/tagged/') {
  const bodies = await Promise.all((await collect(store.keys(prefix))).map((key) => store.get(key)));
  const lines = bodies.flatMap((object) => Buffer.from(object!.body).toString().trimEnd().split('\n'));
  return lines.map((each) => taggedTweetSchema.parse(JSON.parse(each)));
}

describe('a backfill', () => {
  test('puts records into the hour in which a tweet was made, and into that of the run where it does not say', async () => {
    const { store } = openStore();
    const counts = await tagAll(store, [input('a.ndjson', line('1', '2020-01-02T23:30:00-02:00') + line('2'))]);
    expect(counts).toEqual({ inputs: 1, unreadable: 0, tagged: 2, repeats: 0, quarantined: 0 });
    const keys = await collect(store.keys('backfill/first/tagged/'));
    expect(keys.map((key) => key.slice(0, key.lastIndexOf('/')))).toEqual([
      'backfill/first/tagged/dt=2020-01-03/hr=01',
      'backfill/first/tagged/dt=2026-03-04/hr=05',
    ]);
    expect((await tagged(store)).map(({ entities }) => entities[0]!.text)).toEqual(['Anna', 'Anna']);
  });

  test('a time outside of the years of keys is as good as none', async () => {
    const { store } = openStore();
    const times = ['9999-12-31T23:59:59-23:59', '0000-01-01T00:00:00+05:00', '1969-12-31T23:59:59Z'];
    const counts = await tagAll(store, [input('a.ndjson', times.map((at, i) => line(String(i), at)).join(''))]);
    expect(counts).toMatchObject({ tagged: 3, quarantined: 0 });
    const keys = await collect(store.keys('backfill/first/tagged/'));
    expect(keys.map((key) => key.slice(0, key.lastIndexOf('/')))).toEqual([
      'backfill/first/tagged/dt=2026-03-04/hr=05',
    ]);
  });

  test('fails with E_BACKFILL_INPUT for an object that is written again while it is read, and names it in quarantine', async () => {
    const { store } = openStore();
    const key = 'backfill/first/input/a.ndjson';
    await store.put(key, Buffer.from(line('1')));
    const listed = (await store.head(key))!;
    await store.put(key, Buffer.from(line('2')));
    const counts = await tagAll(store, [storeInput(store, listed, 'backfill/first/input/')]);
    expect(counts).toEqual({ inputs: 1, unreadable: 1, tagged: 0, repeats: 0, quarantined: 0 });
    const [bad] = await collect(store.keys('quarantine/'));
    expect(Buffer.from((await store.get(bad!))!.body).toString()).toMatch(
      /"code":"E_BACKFILL_INPUT".*"raw":"a\.ndjson"/,
    );
  });

  test('reads NDJSON, an array, plain text, gzip by its bytes, and several gzips in one file', async () => {
    const { store } = openStore();
    const array = JSON.stringify([
      { id: 'a1', text: 'Bob' },
      { id: 'a2', text: 'Eve' },
    ]);
    const counts = await tagAll(store, [
      input('lines', line('1')),
      input('array.json', array),
      input('plain.txt', 'Anna here\n\nBob there\n'),
      input('named-plain', gzipSync(line('2'))),
      input('two.gz', Buffer.concat([gzipSync(line('3')), gzipSync(line('4'))])),
    ]);
    expect(counts).toMatchObject({ inputs: 5, unreadable: 0, tagged: 8 });
    expect((await tagged(store)).map(({ id }) => id).sort()).toEqual(
      ['1', '2', '3', '4', 'a1', 'a2', 'plain.txt:1', 'plain.txt:3'].sort(),
    );
  });

  test('puts bad lines, poison and what cannot be unpacked into quarantine, and goes on', async () => {
    const { store } = openStore();
    const cut = gzipSync(line('9').repeat(50)).subarray(0, 40);
    const counts = await tagAll(store, [
      input('a', `${line('1')}nonsense\n${line('2')}{"id":"3","text":"poison"}\n${line('2')}`),
      input('cut.gz', cut),
      input('array', '[{"id":"4","text":"x"}'),
    ]);
    // Of three lines a part has, tweet 2 is in both parts: the swap counts it once.
    expect(counts).toMatchObject({ inputs: 3, unreadable: 2, tagged: 3, quarantined: 2 });
    const items = await Promise.all((await collect(store.keys('quarantine/'))).map((key) => store.get(key)));
    const codes = items.flatMap((object) =>
      Buffer.from(object!.body)
        .toString()
        .trimEnd()
        .split('\n')
        .map((each) => (JSON.parse(each) as { code: string }).code),
    );
    expect(codes.sort()).toEqual(['E_BACKFILL_INPUT', 'E_INTERNAL', 'E_TWEET_MALFORMED', 'E_TWEET_MALFORMED']);
  });

  test('fails for a bomb, before it is in memory', async () => {
    const bomb = gzipSync(Buffer.alloc(50_000_000, 0x20));
    const read = (): Promise<unknown> => collect(inputParts(input('bomb.gz', bomb, 64_000), limits));
    expect(await codeOf(read)).toBe('E_BACKFILL_INPUT');
  });

  test('fails for an array that is too large to be held', async () => {
    const array = `[${'{"id":"1","text":"x"},'.repeat(20)}{}]`;
    const read = (): Promise<unknown> => collect(inputParts(input('a', array), { ...limits, arrayBytes: 100 }));
    expect(await codeOf(read)).toBe('E_BACKFILL_INPUT');
  });

  test('cuts an input into the same parts however its bytes come', async () => {
    const text = Array.from({ length: 10 }, (_, i) => line(String(i))).join('');
    const cuts = await Promise.all(
      [1, 5, 64, 10_000].map(async (piece) => {
        const parts = await collect(inputParts(input('a', text, piece), limits));
        return parts.map((part) => part.parse().tweets.map(({ id }) => id));
      }),
    );
    expect(cuts[0]).toEqual([['0', '1', '2'], ['3', '4', '5'], ['6', '7', '8'], ['9']]);
    for (const cut of cuts) expect(cut).toEqual(cuts[0]);
  });

  test('ends the same after it was killed at any change, and does nothing twice', async () => {
    const inputs = ['a', 'b'].map((name) => {
      const lines = Array.from({ length: 7 }, (_, i) => line(`${name}${i}`, `2020-01-02T0${i}:00:00Z`));
      return input(name, `${lines.join('')}nonsense\n`);
    });
    const { store: whole } = openStore();
    const expected = await tagAll(whole, inputs);
    // A step in three: there are two for every change.
    for (let step = 0, died = true; died; step += 3) {
      const { store } = openStore();
      died = await tagAll(dyingStore(store, step), inputs).then(
        () => false,
        (error: unknown) => {
          if (!(error instanceof Died)) throw error;
          return true;
        },
      );
      expect(await tagAll(store, inputs)).toEqual(expected);
      expect(await tagged(store)).toEqual(await tagged(whole));
      expect(await collect(store.keys('quarantine/'))).toEqual(await collect(whole.keys('quarantine/')));
    }
  });

  test('E_BACKFILL_RUN: fails for another model than the one that began the run, and for names that are none', async () => {
    const { store } = openStore();
    const record = await open(store);
    const other = { ...plainTagger, modelId: 'f'.repeat(16) };
    const start = (): unknown => createBackfillHandler({ record, tagger: other, store, clock });
    expect(await codeOf(start)).toBe('E_BACKFILL_RUN');
    // The last is where the state machine lists what became of its calls.
    for (const run of ['', '../x', 'a/b', 'A', 'a'.repeat(64), 'results']) {
      expect(await codeOf(() => open(store, run))).toBe('E_BACKFILL_RUN');
    }
  });
});
