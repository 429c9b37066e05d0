import { expect, test } from 'vitest';
import { freezeTest, frozenSentences, frozenTestPrefix, readFrozenTest } from '../../../shared/datasets/frozen-test.ts';
import { readDatasetFolder } from '../../../shared/datasets/read-dataset-folder.ts';
import { collect } from '../../support/collect.ts';
import { codeOf } from '../../support/error-code.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyDataset } from '../../support/tiny-dataset.ts';

function split(from: number) {
  const { manifest, parts } = readDatasetFolder({ dir: writeTinyDataset(tempFolder(), { from }), name: 'tiny' });
  return { manifest, test: parts.find(({ file }) => file.split === 'test')! };
}

test('the first test split of a name is frozen, and stays so', async () => {
  const { store } = openStore();
  expect(await readFrozenTest(store, 'tiny')).toBeUndefined();
  const [first, second] = [split(0), split(7)];
  const frozen = await freezeTest(store, first.manifest, first.test);
  expect(frozen).toMatchObject({ name: 'tiny', sentences: 20, tokens: 120, fromVersion: first.manifest.version });
  expect(await freezeTest(store, second.manifest, second.test)).toEqual(frozen);
  expect(await readFrozenTest(store, 'tiny')).toEqual(frozen);
  expect(await collect(store.keys(frozenTestPrefix(frozen)))).toEqual([frozen.key]);
  expect((await frozenSentences(store, frozen)).map(({ words }) => words[5])).toEqual(
    Array.from({ length: 20 }, (_, i) => String(3_900 + i)),
  );
});

test('of two first uploads at once one is frozen', async () => {
  const { store } = openStore();
  const both = await Promise.all([split(0), split(7)].map(({ manifest, test }) => freezeTest(store, manifest, test)));
  expect(both[0]).toEqual(both[1]);
});

test('fails when what was frozen is not there any more, or was changed', async () => {
  const { store } = openStore();
  const { manifest, test: part } = split(0);
  const frozen = await freezeTest(store, manifest, part);
  await store.put(frozen.key, Buffer.from('Ada\tB-person\n'));
  expect(await codeOf(() => frozenSentences(store, frozen))).toBe('E_RESULT_DAMAGED');
  await store.delete(frozen.key);
  expect(await codeOf(() => frozenSentences(store, frozen))).toBe('E_RESULT_DAMAGED');
  for (const text of ['{', '{}', JSON.stringify({ ...frozen, key: 'datasets/tiny/x' })]) {
    await store.put('frozen/tiny/manifest.json', Buffer.from(text));
    expect(await codeOf(() => readFrozenTest(store, 'tiny'))).toBe('E_RESULT_DAMAGED');
  }
});
