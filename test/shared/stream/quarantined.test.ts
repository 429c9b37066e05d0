import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { quarantine } from '../../../shared/stream/quarantine.ts';
import { matchesFilter, readQuarantine, settleReplayed } from '../../../shared/stream/quarantined.ts';
import { collect } from '../../support/collect.ts';
import { codeOf } from '../../support/error-code.ts';
import { openStore } from '../../support/open-store.ts';

const day = new Date('2026-03-04T05:06:07.000Z');
const items = ['a', 'b', 'c'].map((raw, i) => {
  const code = i === 0 ? 'E_TWEET_TOO_LARGE' : 'E_TWEET_MALFORMED';
  return { source: 'in', line: i + 1, code, reason: `in:${i + 1}: bad`, raw } as const;
});

test('entries are read with their time, and found by code and time', async () => {
  const { store } = openStore();
  await quarantine(store, items, day);
  await quarantine(store, items.slice(0, 1), new Date('2026-03-05T00:00:00.000Z'));
  const entries = (await collect(readQuarantine(store))).flatMap((object) => object.entries);
  expect(entries).toMatchObject(
    [...items, items[0]].map((item, i) => ({ ...item, at: i < 3 ? day.toISOString() : '2026-03-05T00:00:00.000Z' })),
  );
  const found = (filter: Parameters<typeof matchesFilter>[1]) =>
    entries.filter((entry) => matchesFilter(entry, filter)).length;
  expect(found({})).toBe(4);
  expect(found({ code: 'E_TWEET_TOO_LARGE' })).toBe(2);
  expect(found({ since: day })).toBe(4);
  expect(found({ since: new Date(day.getTime() + 1) })).toBe(1);
  expect(found({ code: 'E_TWEET_MALFORMED', since: new Date('2026-03-05') })).toBe(0);
});

test('what was replayed moves out of the quarantine, and the rest stays', async () => {
  const { store } = openStore();
  await quarantine(store, items, day);
  const [object] = await collect(readQuarantine(store));
  await settleReplayed(store, object!, [object!.entries[1]!]);
  const [left] = await collect(readQuarantine(store));
  expect(left!.entries.map(({ raw }) => raw)).toEqual(['a', 'c']);
  await settleReplayed(store, left!, left!.entries);
  expect(await collect(readQuarantine(store))).toEqual([]);
  const kept = await Promise.all((await collect(store.keys('replayed/dt=2026-03-04/'))).map((key) => store.get(key)));
  const raws = kept.flatMap((each) => Buffer.from(each!.body).toString().trimEnd().split('\n'));
  expect(raws.map((line) => (JSON.parse(line) as { raw: string }).raw).sort()).toEqual(['a', 'b', 'c']);
});

test('fails for an object that was cut short, naming the line', async () => {
  const { root, store } = openStore();
  const key = await quarantine(store, items, day);
  appendFileSync(join(root, key!), '{"key":');
  expect(await codeOf(() => collect(readQuarantine(store)))).toBe('E_RESULT_DAMAGED');
});
