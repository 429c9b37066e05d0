import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { deletePrefix, downloadPrefix, filesOf, uploadFolder } from '../../../shared/jobs/copy-prefix.ts';
import { collect } from '../../support/collect.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('objects become files whose paths follow the last slash of the prefix', async () => {
  const { store } = openStore();
  for (const key of ['a/b/train.conll', 'a/b/train/x/y', 'a/b/dev']) await store.put(key, Buffer.from(key));
  const folder = tempFolder();
  expect(await downloadPrefix(store, 'a/b/train', folder)).toBe(2);
  expect(await filesOf(folder)).toEqual(['train.conll', 'train/x/y']);
  expect(readFileSync(join(folder, 'train', 'x', 'y'), 'utf8')).toBe('a/b/train/x/y');
  expect(await downloadPrefix(store, 'a/none', folder)).toBe(0);
});

test('a folder becomes objects, and what is no longer in it is gone', async () => {
  const { store } = openStore();
  await store.put('out/old', Buffer.from('old'));
  await store.put('other/old', Buffer.from('old'));
  const folder = tempFolder();
  mkdirSync(join(folder, 'onnx'));
  writeFileSync(join(folder, 'onnx', 'model.onnx'), 'model');
  await uploadFolder(store, folder, 'out/');
  expect(await collect(store.keys(''))).toEqual(['other/old', 'out/onnx/model.onnx']);
  await uploadFolder(store, join(folder, 'none'), 'out/');
  await deletePrefix(store, 'other/');
  expect(await collect(store.keys(''))).toEqual([]);
});
