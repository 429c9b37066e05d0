import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createTaggerHandler } from '../../../functions/tagger/handler.ts';
import type { StoredPack } from '../../../functions/tagger/stored-pack.ts';
import { taggedTweetSchema, type TaggedTweet, type Tweet } from '../../../shared/contracts/tweet.ts';
import { SqliteIdLedger } from '../../../shared/ledger/sqlite-id-ledger.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { FolderObjectStore } from '../../../shared/store/folder-object-store.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { packTweets } from '../../../shared/stream/packer.ts';
import { collect } from '../../support/collect.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { plainTagger } from '../../support/plain-tagger.ts';
import { tempFolder } from '../../support/temp-folder.ts';

interface Overrides {
  readonly tagger?: typeof plainTagger;
  readonly failPut?: (key: string) => boolean;
  readonly onStored?: (stored: StoredPack) => Promise<void>;
}

function bench(overrides: Overrides = {}) {
  const folder = tempFolder();
  const clock = createFakeClock();
  const store = new FolderObjectStore({ root: join(folder, 'store'), clock: () => new Date() });
  const ledger = new SqliteIdLedger({ path: join(folder, 'ledger.db'), clock });
  onTestFinished(() => {
    store.close();
    ledger.close();
  });
  const told: [Tweet, TaggedTweet][] = [];
  const handler = createTaggerHandler({
    tagger: overrides.tagger ?? plainTagger,
    store: failing(store, overrides.failPut ?? (() => false)),
    ledger,
    clock,
    onTagged: (tweet, record) => told.push([tweet, record]),
    ...(overrides.onStored === undefined ? {} : { onStored: overrides.onStored }),
  });
  const read = async (prefix: string) => {
    const objects = await collect(store.list(prefix));
    const bodies = await Promise.all(objects.map(async ({ key }) => (await store.get(key))!.body));
    return bodies
      .flatMap((body) => Buffer.from(body).toString().trimEnd().split('\n'))
      .map((line) => JSON.parse(line) as unknown);
  };
  const records = async () => (await read('tagged/')).map((record) => taggedTweetSchema.parse(record));
  return { handler, store, ledger, clock, told, read, records };
}

function failing(store: ObjectStore, fails: (key: string) => boolean): ObjectStore {
  return {
    get: (...args) => store.get(...args),
    head: (...args) => store.head(...args),
    list: (...args) => store.list(...args),
    keys: (...args) => store.keys(...args),
    delete: (...args) => store.delete(...args),
    put: async (key, ...rest) => {
      if (fails(key)) throw new NerError('E_FILE_UNWRITABLE', 'store: the disk is full.');
      return store.put(key, ...rest);
    },
  };
}

const receivedAt = new Date('2026-03-04T23:06:07.000Z');

function message(id: string, tweets: readonly Tweet[], at = receivedAt) {
  return { id, body: packTweets(tweets, { receivedAt: at }).messages[0]!.body };
}

const tweet = (id: string, text = `hello Anna from ${id}`): Tweet => ({ id, text });

test('writes one object a message, by the hour it came in, with the records of the contract', async () => {
  const { handler, store, records, told, clock } = bench();
  const result = await handler.handle([
    message('m1', [tweet('1'), tweet('2', '😀 nobody')]),
    message('m2', [tweet('3')]),
  ]);
  expect(result).toMatchObject({ failed: [], tagged: 3, duplicates: 0, quarantined: 0 });
  const keys = (await collect(store.list(''))).map(({ key }) => key);
  expect(keys).toHaveLength(2);
  for (const key of keys) expect(key).toMatch(/^tagged\/dt=2026-03-04\/hr=23\/[0-9a-f]{32}\.ndjson$/);
  const all = (await records()).sort((a, b) => Number(a.id) - Number(b.id));
  expect(all.map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect(all[0]).toEqual({
    id: '1',
    entities: [{ type: 'person', text: 'Anna', start: 6, end: 10, startCp: 6, endCp: 10, score: 0.5 }],
    model: plainTagger.modelId,
    taggedAt: clock().toISOString(),
    text: 'hello Anna from 1',
  });
  expect(told.map(([{ id }, record]) => [id, record.id]).sort()).toEqual([
    ['1', '1'],
    ['2', '2'],
    ['3', '3'],
  ]);
});

test('keeps of a tweet what it said, as it came in', async () => {
  const { handler, records } = bench();
  const whole = { ...tweet('1'), created_at: '2026-03-04T23:06:07+02:00', lang: 'pt', author: 'someone' };
  await handler.handle([message('m1', [whole])]);
  expect(await records()).toMatchObject([
    { id: '1', createdAt: whole.created_at, lang: 'pt', author: 'someone', text: whole.text },
  ]);
});

test('tells of a stored pack at every delivery, with the records that its object holds', async () => {
  const stored: StoredPack[] = [];
  const onStored = async (pack: StoredPack): Promise<void> => void stored.push(pack);
  const { handler, store, records, clock } = bench({ onStored });
  const pack = message('m1', [tweet('1'), tweet('2')]);
  await handler.handle([pack]);
  clock.advance(60_000);
  await handler.handle([pack]);
  // Its tweets belong to the first message.
  await handler.handle([message('m2', [tweet('2')])]);
  const [{ key } = { key: '' }] = await collect(store.list('tagged/'));
  const packId = /([0-9a-f]{32})\.ndjson$/.exec(key)?.[1];
  const expected = { packId, key, receivedAt, records: await records() };
  expect(stored).toEqual([expected, expected]);
});

test('tells of a pack that went into a compacted object meanwhile, by the same id', async () => {
  const stored: StoredPack[] = [];
  const { handler, store } = bench({
    onStored: async (pack) => {
      stored.push(pack);
      await store.delete(pack.key);
    },
  });
  const pack = message('m1', [tweet('1')]);
  await handler.handle([pack]);
  await handler.handle([pack]);
  expect(stored.map(({ packId, records }) => [packId, records.map(({ id }) => id)])).toEqual(
    Array.from({ length: 2 }, () => [stored[0]!.packId, ['1']]),
  );
});

test('fails a message that was stored and could not be told of, and tells of it at the next delivery', async () => {
  let calls = 0;
  const onStored = async (): Promise<void> => {
    calls += 1;
    if (calls === 1) throw new NerError('E_DATABASE_LOCKED', 'trends: locked.');
  };
  const { handler, records } = bench({ onStored });
  const pack = message('m1', [tweet('1')]);
  const first = await handler.handle([pack]);
  expect(first).toMatchObject({ failed: ['m1'], tagged: 1 });
  expect(first.reasons.get('m1')).toBe('E_DATABASE_LOCKED: trends: locked.');
  expect(await handler.handle([pack])).toMatchObject({ failed: [], tagged: 0, duplicates: 1 });
  expect([calls, await records()]).toMatchObject([2, [{ id: '1' }]]);
});

test('tags a message that is delivered again once, and tells of it once', async () => {
  const { handler, records, told } = bench();
  const again = message('m1', [tweet('1'), tweet('2')]);
  await handler.handle([again]);
  expect(await handler.handle([{ ...again, id: 'another id, as after a redrive' }])).toMatchObject({
    failed: [],
    tagged: 0,
    duplicates: 2,
  });
  expect(await records()).toHaveLength(2);
  expect(told).toHaveLength(2);
});

test('drops ids that another message has, in one call, in a later one and within a message', async () => {
  const { handler, records } = bench();
  const first = await handler.handle([
    message('m1', [tweet('1'), tweet('1'), tweet('2')]),
    message('m2', [tweet('2'), tweet('3')]),
  ]);
  const second = await handler.handle([message('m3', [tweet('3'), tweet('1')])]);
  expect([first.tagged, first.duplicates, second.tagged, second.duplicates]).toEqual([3, 2, 0, 2]);
  expect((await records()).map(({ id }) => id).sort()).toEqual(['1', '2', '3']);
});

test('keeps an id for the message that claimed it, though it failed at first', async () => {
  let full = true;
  const { handler, records } = bench({ failPut: () => full });
  const first = message('m1', [tweet('1'), tweet('2')]);
  const failed = await handler.handle([first]);
  expect(failed.failed).toEqual(['m1']);
  expect(failed.reasons.get('m1')).toBe('E_FILE_UNWRITABLE: store: the disk is full.');
  full = false;
  expect(await handler.handle([message('m2', [tweet('2')])])).toMatchObject({ tagged: 0, duplicates: 1 });
  expect(await handler.handle([first])).toMatchObject({ failed: [], tagged: 2 });
  expect((await records()).map(({ id }) => id)).toEqual(['1', '2']);
});

test('fails the message whose object cannot be written, and no other', async () => {
  let puts = 0;
  const { handler, records } = bench({ failPut: () => puts++ === 0 });
  const result = await handler.handle([message('m1', [tweet('1')]), message('m2', [tweet('2')])]);
  expect(result).toMatchObject({ failed: ['m1'], tagged: 1 });
  expect((await records()).map(({ id }) => id)).toEqual(['2']);
});

test('puts a tweet that the tagger cannot bear into quarantine, and tags the rest', async () => {
  const { handler, records, read } = bench();
  const result = await handler.handle([message('m1', [tweet('1'), tweet('2', 'poison'), tweet('3')])]);
  expect(result).toMatchObject({ failed: [], tagged: 2, quarantined: 1 });
  expect((await records()).map(({ id }) => id)).toEqual(['1', '3']);
  expect(await read('quarantine/dt=2026-03-04/')).toMatchObject([
    {
      source: 'tagger',
      reason: 'tweet 2: the text is poison',
      raw: '{"id":"2","text":"poison"}',
      result: expect.stringMatching(/^tagged\/dt=2026-03-04\/hr=23\/[0-9a-f]{32}\.ndjson$/) as string,
    },
  ]);
});

test('fails every message when the tagger is not well, and puts none into quarantine', async () => {
  const down = { modelId: 'm', tag: () => Promise.reject(new Error('no model')) };
  const { handler, read } = bench({ tagger: down });
  const result = await handler.handle([message('m1', [tweet('1')]), message('m2', [tweet('2')])]);
  expect(result).toMatchObject({ failed: ['m1', 'm2'], tagged: 0 });
  expect(result.reasons.get('m2')).toBe('no model');
  expect(await read('')).toEqual([]);
});

test.each([
  ['no JSON', 'not a pack', /not JSON/],
  ['no object', '[]', /not a pack/],
  ['another version', '{"v":2,"receivedAt":"2026-03-04T05:06:07Z","tweets":[{"id":"1","text":"a"}]}', /v: /],
  ['no tweets', '{"v":1,"receivedAt":"2026-03-04T05:06:07Z","tweets":[]}', /tweets: /],
  ['a time that is a path', '{"v":1,"receivedAt":"../../../x","tweets":[{"id":"1","text":"a"}]}', /receivedAt: /],
])('puts a body that is %s into quarantine, once, and does not ask for it again', async (_, body, reason) => {
  const { handler, read } = bench();
  const bad = { id: 'm1', body, sentAt: new Date('2026-01-02T03:04:05Z') };
  expect(await handler.handle([bad, message('m2', [tweet('1')])])).toMatchObject({
    failed: [],
    tagged: 1,
    quarantined: 1,
  });
  await handler.handle([bad]);
  expect(await read('quarantine/dt=2026-01-02/')).toMatchObject([
    { source: 'queue', code: 'E_QUEUE_MESSAGE', reason: expect.stringMatching(reason) as string, raw: body },
  ]);
});

test('puts a tweet that is none into quarantine, and tags the rest of its message', async () => {
  const { handler, records, read } = bench();
  const body = `{"v":1,"receivedAt":"${receivedAt.toISOString()}","tweets":[{"id":5},{"id":"1","text":"a"}]}`;
  expect(await handler.handle([{ id: 'm1', body }])).toMatchObject({ failed: [], tagged: 1, quarantined: 1 });
  expect((await records()).map(({ id }) => id)).toEqual(['1']);
  expect(await read('quarantine/')).toMatchObject([{ line: 1, code: 'E_TWEET_MALFORMED', raw: '{"id":5}' }]);
});

test('does nothing for no messages', async () => {
  const { handler, read } = bench();
  expect(await handler.handle([])).toMatchObject({ failed: [], tagged: 0 });
  expect(await read('')).toEqual([]);
});
