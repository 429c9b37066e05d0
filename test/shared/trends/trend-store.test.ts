import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { countAuthors } from '../../../shared/trends/author-sketch.ts';
import { GRAIN_MS, GRAINS } from '../../../shared/trends/grain.ts';
import type { TrendRecord } from '../../../shared/trends/trend-record.ts';
import { TrendStore } from '../../../shared/trends/trend-store.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { somePacks } from '../../support/trend-packs.ts';
import { trendRecord } from '../../support/trend-records.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const NOW = new Date('2026-11-21T06:00:00Z');
const AT = Date.parse('2026-11-20T12:34:56Z');
const paris = { type: 'geo-loc', text: 'Paris' };

function openStore(folder: string): TrendStore {
  return new TrendStore({ path: join(folder, 'trends.sqlite'), clock: () => NOW });
}

/** Everything that is counted, by names instead of their numbers. */
function contentOf({ reader }: TrendStore): unknown {
  const [from, to] = [Date.parse('2026-11-19T00:00:00Z'), Date.parse('2026-11-23T00:00:00Z')];
  return GRAINS.map((grain) => {
    const span = { grain, from: from / GRAIN_MS[grain], to: to / GRAIN_MS[grain] };
    const names = [...reader.namesIn(span)].sort((a, b) => (a.type + a.form < b.type + b.form ? -1 : 1));
    return {
      totals: [...reader.totals(span)],
      names: names.map(({ n, type, form, first, tweets }) => ({
        type,
        form,
        first,
        tweets,
        counts: reader.countsOf([n], span).map(({ bucket, tweets: each }) => [bucket, each]),
        authors: countAuthors(reader.authorsOf([n], span)),
        surfaces: reader.surfaces([n]).map(({ text, tweets: each }) => [text, each]),
        examples: reader.examples([n], from / GRAIN_MS.hour, to / GRAIN_MS.hour),
        companions: reader
          .companions([n], from / GRAIN_MS.hour, to / GRAIN_MS.hour)
          .map(({ n: other, tweets: each }) => [reader.names([other])[0]!.form, each])
          .sort(),
      })),
    };
  });
}

test('packs that come in any order, any number of times and to any writer count as a single count of all', () => {
  fc.assert(
    fc.property(
      somePacks,
      fc.array(fc.record({ pack: fc.nat(), writer: fc.nat(2) }), { maxLength: 12 }),
      fc.boolean(),
      (packs, again, backwards) => {
        const once = openStore(tempFolder());
        once.addAll([{ packId: 'all', records: packs.flat() }]);
        const folder = tempFolder();
        const writers = [openStore(folder), openStore(folder), openStore(folder)];
        const first = packs.map((_, pack) => ({ pack, writer: pack % 3 }));
        const deliveries = [...again, ...(backwards ? first.toReversed() : first)];
        for (const { pack, writer } of deliveries) {
          const i = pack % packs.length;
          writers[writer]!.add(`pack ${i}`, packs[i]!);
        }
        expect(contentOf(writers[0]!)).toEqual(contentOf(once));
        for (const store of [once, ...writers]) store.close();
      },
    ),
    { numRuns: 15 },
  );
});

describe('a store', () => {
  const open = (): TrendStore => {
    const store = openStore(tempFolder());
    onTestFinished(() => {
      store.close();
    });
    return store;
  };
  const mention = (id: string, text: string, at = AT): TrendRecord =>
    trendRecord({ id, at, names: [{ ...paris, text }], author: `author of ${id}` });

  test('says whether a pack was new', () => {
    const store = open();
    expect(store.add('a', [mention('1', 'Paris')])).toBe(true);
    expect(store.add('a', [mention('1', 'Paris')])).toBe(false);
    expect(
      store.addAll([
        { packId: 'b', records: [mention('2', 'Paris')] },
        { packId: 'b', records: [mention('2', 'Paris')] },
        { packId: 'a', records: [mention('1', 'Paris')] },
      ]),
    ).toEqual([true, false, false]);
  });

  test('keeps what it counted', () => {
    const folder = tempFolder();
    const before = openStore(folder);
    before.add('a', [mention('1', 'Paris')]);
    const content = contentOf(before);
    before.close();
    const after = openStore(folder);
    expect(contentOf(after)).toEqual(content);
    expect(after.add('a', [mention('1', 'Paris')])).toBe(false);
    after.close();
  });

  test('counts nothing of a pack that cannot be counted as a whole', () => {
    const store = open();
    store.add('a', [mention('1', 'Paris')]);
    const content = contentOf(store);
    const broken = { ...mention('2', 'Lyon'), taggedAt: 'never', createdAt: undefined };
    expect(() => store.add('b', [mention('3', 'Nice'), broken])).toThrow();
    expect(contentOf(store)).toEqual(content);
    expect(store.add('b', [mention('3', 'Nice')])).toBe(true);
    expect(store.reader.name('geo-loc', 'nice')).toBeDefined();
  });

  test('drops minutes, then hours, then days that are too old, a little with each pack', () => {
    const store = open();
    const days = (n: number): number => n * GRAIN_MS.day;
    store.add('old', [mention('1', 'Paris', AT - days(300)), mention('2', 'Lyon', AT - days(20))]);
    store.add('new', [mention('3', 'Nice')]);
    for (let i = 0; i < 64; i++) store.add(`more ${i}`, [mention(`more ${i}`, 'Nice')]);
    const kept = (grain: 'minute' | 'hour' | 'day'): string[] =>
      store.reader
        .namesIn({ grain, from: 0, to: 1e9 })
        .map(({ form }) => form)
        .sort();
    expect(kept('minute')).toEqual(['nice']);
    expect(kept('hour')).toEqual(['lyon', 'nice']);
    expect(kept('day')).toEqual(['lyon', 'nice', 'paris']);
    expect(store.reader.totals({ grain: 'day', from: 0, to: 1e9 }).size).toBe(3);
  });

  test('forgets names whose last day is gone, and counts them anew when they come back', () => {
    const path = join(tempFolder(), 'trends.sqlite');
    const store = new TrendStore({ path, clock: () => NOW, retention: { minuteDays: 1, hourDays: 1, dayDays: 1 } });
    store.add('old', [mention('1', 'Paris', AT - 9 * GRAIN_MS.day)]);
    for (let i = 0; i < 130; i++) store.add(`more ${i}`, [mention(`more ${i}`, 'Nice')]);
    expect(store.reader.name('geo-loc', 'paris')).toBeUndefined();
    store.add('again', [mention('2', 'PARIS')]);
    const { n, first } = store.reader.name('geo-loc', 'paris')!;
    expect(first).toBe(AT);
    expect(store.reader.surfaces([n])).toEqual([{ n, text: 'PARIS', tweets: 1 }]);
    store.close();
  });

  test('forgets rare names of times that are over when the file is too large, and keeps the totals', () => {
    const path = join(tempFolder(), 'trends.sqlite');
    const store = new TrendStore({ path, clock: () => NOW, retention: { maxBytes: 100_000 } });
    const early = AT - 6 * GRAIN_MS.hour;
    const rare = Array.from({ length: 3_000 }, (_, i) => mention(`rare ${i}`, `Name ${i}`, early));
    const often = Array.from({ length: 200 }, (_, i) => mention(`often ${i}`, 'Paris', early));
    store.add('early', [...rare, ...often]);
    for (let i = 0; i < 12; i++) store.add(`now ${i}`, [mention(`now ${i}`, 'Nice')]);
    const names = store.reader.namesIn({ grain: 'hour', from: 0, to: 1e9 });
    expect(names.map(({ form, tweets }) => [form, tweets]).sort()).toEqual([
      ['nice', 12],
      ['paris', 200],
    ]);
    const totals = store.reader.totals({ grain: 'hour', from: 0, to: 1e9 });
    expect([...totals.values()]).toEqual([3_200, 12]);
    store.close();
  });

  test('fails by name when its file is no database', () => {
    const folder = tempFolder();
    writeFileSync(
      join(folder, 'trends.sqlite'),
      'not a database, but long enough to look like something else'.repeat(30),
    );
    expectFails(() => openStore(folder), 'E_DATABASE_CORRUPT');
  });
});
