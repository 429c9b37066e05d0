import { createHash } from 'node:crypto';
import fc from 'fast-check';
import type { TaggedTweet } from '../../shared/contracts/tweet.ts';
import { canonicalRecord } from '../../shared/results/canonical-record.ts';
import { hourPrefix, type ResultHour } from '../../shared/results/result-hour.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** A pack of records as the tagger stores it. */
export interface ResultPack {
  readonly pack: string;
  readonly records: readonly TaggedTweet[];
}

export const HOUR: ResultHour = { dt: '2026-03-04', hr: '05' };

/** Text with whatever JSON, UTF-8 and SQL may stumble over. */
const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    'null',
    '\ud800',
    '\\ud800',
    '\\\\\udfff',
    'a\ud83dx',
    '\u0000',
    '\ufffe\uffff',
    '"\'`',
    '\u2028\r\n',
    '\u001f\u0001',
    '😀',
  ),
);

const entity = fc.record({
  type: fc.constantFrom('person', 'geo-loc'),
  text,
  start: fc.nat(4_000),
  end: fc.nat(4_000),
  startCp: fc.nat(4_000),
  endCp: fc.nat(4_000),
  score: fc.double({ min: 0, max: 1, noNaN: true }).map((score) => score + 0),
});

const createdAt = fc.constantFrom('2026-03-04T05:06:07Z', '2026-03-04T05:06:07.123456+02:00', '1999-12-31T23:59Z');

const record = fc.record(
  {
    id: text.filter((id) => id.length > 0 && id.isWellFormed()),
    entities: fc.array(entity, { maxLength: 3 }),
    model: fc.constantFrom('0123456789abcdef', 'fedcba9876543210'),
    taggedAt: fc.constantFrom('2026-03-04T05:06:08.009Z', '2026-03-04T06:00:00.000Z'),
    createdAt,
    lang: fc.constantFrom('en', 'pt-BR'),
    author: text,
    text,
  },
  { requiredKeys: ['id', 'entities', 'model', 'taggedAt'] },
);

/** Packs whose ids are distinct, as the ledger makes them. */
export const resultPacks: fc.Arbitrary<readonly ResultPack[]> = fc
  .array(fc.array(record, { minLength: 1, maxLength: 4 }), { maxLength: 6 })
  .map((packs) =>
    packs.map((records, i) => ({
      pack: packId(String(i)),
      records: records.map((each, j) => ({ ...each, id: `${i}:${j}:${each.id}` })),
    })),
  );

export function packId(seed: string): string {
  return createHash('sha256').update(seed).digest('hex').slice(0, 32);
}

/** A plain pack of so many records. */
export function plainPack(seed: string, size = 2): ResultPack {
  const records = Array.from({ length: size }, (_, i) => ({
    id: `${seed}-${i}`,
    entities: [{ type: 'person', text: 'Anna', start: 4, end: 8, startCp: 3, endCp: 7, score: 0.75 }],
    model: '0123456789abcdef',
    taggedAt: '2026-03-04T05:06:08.009Z',
    createdAt: '2026-03-04T07:06:07.500+02:00',
    lang: 'en',
    author: 'someone',
    text: `😀: Anna ${seed} ${i}`,
  }));
  return { pack: packId(seed), records };
}

/** Stores the pack as the tagger does. */
export async function storeResults(store: ObjectStore, { pack, records }: ResultPack, hour = HOUR): Promise<string> {
  const key = `${hourPrefix(hour)}${pack}.ndjson`;
  const body = records.map((each) => `${JSON.stringify(each)}\n`).join('');
  await store.put(key, Buffer.from(body), { ifNoneMatch: '*' });
  return key;
}

/** What any reader must give, in the order of ids. */
export function expectedRecords(packs: readonly ResultPack[]): readonly TaggedTweet[] {
  return byId(packs.flatMap(({ records }) => records).map(canonicalRecord));
}

export function byId(records: readonly TaggedTweet[]): readonly TaggedTweet[] {
  return [...records].sort((a, b) => (a.id < b.id ? -1 : 1));
}
