import { expect, test } from 'vitest';
import { compactResults } from '../../../shared/results/compact-results.ts';
import { hourEnd, resultHours } from '../../../shared/results/result-hour.ts';
import { collect } from '../../support/collect.ts';
import { openStore } from '../../support/open-store.ts';
import { HOUR, plainPack, storeResults } from '../../support/result-packs.ts';

const NEXT = { dt: '2026-03-04', hr: '06' };

test('compacts the hours that are over, oldest first, and no other', async () => {
  const { store } = openStore();
  await storeResults(store, plainPack('b'), NEXT);
  await storeResults(store, plainPack('a'));
  expect(hourEnd(HOUR).toISOString()).toBe('2026-03-04T06:00:00.000Z');
  const compact = async (endedBy: string) =>
    (await collect(compactResults(store, { endedBy: new Date(endedBy) }))).map(({ hour }) => hour);
  expect(await compact('2026-03-04T05:59:59.999Z')).toEqual([]);
  expect(await compact('2026-03-04T06:59:59.999Z')).toEqual([HOUR]);
  expect(await compact('2026-03-05T00:00:00.000Z')).toEqual([NEXT]);
  expect(await compact('2026-03-05T00:00:00.000Z')).toEqual([]);
  expect(await resultHours(store)).toEqual([HOUR, NEXT]);
});

test('does nothing after its signal', async () => {
  const { store } = openStore();
  await storeResults(store, plainPack('a'));
  const options = { endedBy: new Date('2027-01-01T00:00:00Z'), signal: AbortSignal.abort() };
  expect(await collect(compactResults(store, options))).toEqual([]);
});
