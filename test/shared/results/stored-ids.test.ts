import { expect, test } from 'vitest';
import { compactHour } from '../../../shared/results/compact-hour.ts';
import { storedIds } from '../../../shared/results/stored-ids.ts';
import { openStore } from '../../support/open-store.ts';
import { HOUR, plainPack, storeResults } from '../../support/result-packs.ts';

test('are found in both forms, and are none for a pack that is not there', async () => {
  const { store } = openStore();
  await storeResults(store, plainPack('a'));
  const key = await storeResults(store, plainPack('b'));
  expect([...(await storedIds(store, key))]).toEqual(['b-0', 'b-1']);
  await compactHour(store, HOUR);
  expect([...(await storedIds(store, key))]).toEqual(['b-0', 'b-1']);
  expect([...(await storedIds(store, key.replace(plainPack('b').pack, plainPack('c').pack)))]).toEqual([]);
});
