import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTaggerLambda } from '../../../functions/tagger/lambda-handler.ts';
import { trendMessageSchema } from '../../../shared/contracts/trend-message.ts';
import { taggedTweetSchema, type Tweet } from '../../../shared/contracts/tweet.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { packTweets } from '../../../shared/stream/packer.ts';
import { collect } from '../../support/collect.ts';
import { functionRecords } from '../../support/function-records.ts';
import { sqsEvent, timeLeft } from '../../support/lambda-events.ts';
import { openStore } from '../../support/open-store.ts';
import { plainModel } from '../../support/plain-model.ts';

const clock = (): Date => new Date('2026-11-24T08:00:00.000Z');

function rig({ model = plainModel, failTrends = false } = {}) {
  const { store } = openStore();
  const records = functionRecords();
  const told: string[] = [];
  let trendsDown = failTrends;
  const handler = createTaggerLambda({
    model,
    store,
    trends: {
      send: async (bodies) => {
        if (trendsDown) throw new NerError('E_STOPPING', 'send: the queue does not answer.');
        told.push(...bodies);
        return bodies.map((_, i) => String(i));
      },
    },
    clock,
    ...records,
  });
  const invoke = async (bodies: readonly string[], ms = 60_000) =>
    (await handler(sqsEvent(bodies), timeLeft(ms))).batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  const stored = async () => {
    const objects = await collect(store.list('tagged/'));
    const bodies = await Promise.all(objects.map(async ({ key }) => (await store.get(key))!.body));
    return bodies.flatMap((body) =>
      Buffer.from(body)
        .toString()
        .trimEnd()
        .split('\n')
        .map((line) => taggedTweetSchema.parse(JSON.parse(line))),
    );
  };
  const mendTrends = (): void => {
    trendsDown = false;
  };
  return { ...records, store, told, invoke, stored, mendTrends };
}

const tweets = (from: number, count: number): Tweet[] =>
  Array.from({ length: count }, (_, i) => ({ id: `t${from + i}`, text: `so Ann${from + i} says Hello` }));

const pack = (list: readonly Tweet[]): string => packTweets(list, { receivedAt: clock() }).messages[0]!.body;

test('stores the records of each pack, and names all packs to the trends in one message a run', async () => {
  const { invoke, stored, told, counts } = rig();
  expect(await invoke([pack(tweets(0, 3)), pack(tweets(3, 2)), pack(tweets(5, 1))])).toEqual([]);
  expect((await stored()).map(({ id }) => id).sort()).toEqual(['t0', 't1', 't2', 't3', 't4', 't5']);
  const packs = told.flatMap((body) => trendMessageSchema.parse(JSON.parse(body)).packs);
  // The first message goes alone, until the handler knows how long one takes.
  expect(told.length).toBe(2);
  expect(new Set(packs.map(({ key }) => key)).size).toBe(3);
  expect(packs[0]!.receivedAt).toBe(clock().toISOString());
  expect(counts).toMatchObject({ TweetsTagged: 6, TweetsDuplicate: 0 });
});

test('a pack that comes again changes nothing in the store, and is named to the trends again', async () => {
  const { invoke, stored, told } = rig();
  const body = pack(tweets(0, 3));
  await invoke([body]);
  const before = await stored();
  expect(await invoke([body, body])).toEqual([]);
  expect(await stored()).toEqual(before);
  expect(new Set(told.map((text) => trendMessageSchema.parse(JSON.parse(text)).packs[0]!.key)).size).toBe(1);
});

test('messages come again while the trends cannot be told, and then find their results', async () => {
  const { invoke, stored, told, mendTrends, errors } = rig({ failTrends: true });
  const bodies = [pack(tweets(0, 3)), pack(tweets(3, 3))];
  expect(await invoke(bodies)).toEqual(['m0', 'm1']);
  expect(errors.length).toBeGreaterThan(0);
  const before = await stored();
  mendTrends();
  expect(await invoke(bodies)).toEqual([]);
  expect(await stored()).toEqual(before);
  expect(told.flatMap((text) => trendMessageSchema.parse(JSON.parse(text)).packs).length).toBe(2);
});

test('a body that is no pack goes to quarantine, and its message is done', async () => {
  const { invoke, store, counts } = rig();
  expect(await invoke(['no pack', pack(tweets(0, 1)), '{"v":2}'])).toEqual([]);
  expect((await collect(store.list('quarantine/'))).length).toBe(2);
  expect(counts['TweetsQuarantined']).toBe(2);
});

test('a tweet that makes the model throw is quarantined, and those beside it are tagged', async () => {
  const { invoke, stored, counts } = rig();
  expect(await invoke([pack([...tweets(0, 2), { id: 'bad', text: 'poison' }])])).toEqual([]);
  expect((await stored()).length).toBe(2);
  expect(counts).toMatchObject({ TweetsTagged: 2, TweetsQuarantined: 1 });
});

test('without a model every message comes again', async () => {
  const model = {
    ...plainModel,
    tag: async () => {
      throw new NerError('E_NOT_READY', 'use: no model is loaded yet.');
    },
  };
  const { invoke, store, counts } = rig({ model });
  expect(await invoke([pack(tweets(0, 1)), pack(tweets(1, 1))])).toEqual(['m0', 'm1']);
  expect(await collect(store.list(''))).toEqual([]);
  expect(counts['MessagesFailed']).toBe(2);
});

test('an invocation without time fails its messages, and tags nothing', async () => {
  const { invoke, store } = rig();
  expect(await invoke([pack(tweets(0, 1))], 1_000)).toEqual(['m0']);
  expect(await collect(store.list(''))).toEqual([]);
});

test('deliveries in any number and order leave each tweet of each pack in the store once', async () => {
  const bodies = [pack(tweets(0, 2)), pack(tweets(2, 3)), pack(tweets(5, 1)), pack(tweets(6, 4))];
  const delivery = fc.array(fc.nat({ max: bodies.length - 1 }), { minLength: 1, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(fc.array(delivery, { minLength: 1, maxLength: 6 }), async (deliveries) => {
      const { invoke, stored } = rig();
      for (const delivered of [...deliveries, [0, 1, 2, 3]]) await invoke(delivered.map((i) => bodies[i]!));
      expect((await stored()).map(({ id }) => id).sort()).toEqual(tweets(0, 10).map(({ id }) => id));
    }),
    { numRuns: 20 },
  );
});
