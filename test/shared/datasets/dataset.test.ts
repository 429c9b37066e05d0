import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DATASET_LIMITS, datasetManifestSchema } from '../../../shared/contracts/dataset.ts';
import { datasetFileKey, datasetManifestKey, datasetOfManifestKey } from '../../../shared/datasets/dataset-keys.ts';
import {
  datasetManifest,
  datasetManifestBytes,
  parseDatasetManifest,
} from '../../../shared/datasets/dataset-manifest.ts';
import { type LocalDataset, readDatasetFolder } from '../../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../../shared/datasets/store-dataset.ts';
import { verifyDataset } from '../../../shared/datasets/verify-dataset.ts';
import { collect } from '../../support/collect.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { codeOf } from '../../support/error-code.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { tinyConll, writeTinyDataset } from '../../support/tiny-dataset.ts';

function tiny(changes: { readonly from?: number; readonly nonce?: string } = {}): LocalDataset {
  return readDatasetFolder({ dir: writeTinyDataset(tempFolder(), changes), name: 'tiny', nonce: changes.nonce });
}

describe('a dataset of a folder', () => {
  test('says of each file what is in it', () => {
    const { manifest } = tiny();
    // Sentences of six words each: 40, 10 and 20 of them.
    expect(manifest.files.map(({ split, path, sentences, tokens }) => [split, path, sentences, tokens])).toEqual([
      ['train', 'train.conll', 40, 240],
      ['dev', 'dev.conll', 10, 60],
      ['test', 'test.conll', 20, 120],
    ]);
    expect(manifest.types).toEqual(['person', 'place']);
  });

  test('is the same version for the same content, whatever the files are called, and another for another or a nonce', () => {
    const dir = tempFolder();
    writeFileSync(join(dir, 'my corpus.train.txt'), tinyConll(40));
    writeFileSync(join(dir, 'my corpus.dev.txt'), tinyConll(10, 1_000));
    writeFileSync(join(dir, 'my corpus.test.txt'), tinyConll(20, 2_000));
    const { version } = tiny().manifest;
    expect(readDatasetFolder({ dir, name: 'tiny' }).manifest.version).toBe(version);
    const others = [tiny({ from: 1 }), tiny({ nonce: 'again' })].map(({ manifest }) => manifest.version);
    expect(new Set([version, ...others]).size).toBe(3);
  });

  test('fails at a bad line by file and line', () => {
    const dir = writeTinyDataset(tempFolder());
    writeFileSync(join(dir, 'dev.conll'), `${tinyConll(1)}\nAda\tX-person\n`);
    expectFails(() => readDatasetFolder({ dir, name: 'tiny' }), 'E_CORPUS_MALFORMED', `${join(dir, 'dev.conll')}:8: `);
  });

  test('fails without entities, and with more types than a dataset may have', () => {
    const dir = writeTinyDataset(tempFolder());
    writeFileSync(join(dir, 'train.conll'), 'a\tO\n\nb\tO\n');
    writeFileSync(join(dir, 'dev.conll'), 'c\tO\n');
    expectFails(() => readDatasetFolder({ dir, name: 'tiny' }), 'E_DATASET_MALFORMED', 'types');
    const many = Array.from({ length: DATASET_LIMITS.types + 1 }, (_, i) => `w\tB-t${i}\n`).join('\n');
    writeFileSync(join(dir, 'train.conll'), many);
    expectFails(() => readDatasetFolder({ dir, name: 'tiny' }), 'E_DATASET_MALFORMED', 'types');
  });
});

describe('the manifest', () => {
  test('is read as it was written', () => {
    const { manifest } = tiny();
    expect(parseDatasetManifest(manifest, datasetManifestBytes(manifest))).toEqual(manifest);
  });

  test.each([
    ['text', () => 'no manifest'],
    ['bytes that are not UTF-8', () => Buffer.from([0x7b, 0xff, 0x7d])],
    ['an unknown key', (m: object) => JSON.stringify({ ...m, extra: 1 })],
    [
      'a path out of the folder',
      (m: LocalDataset['manifest']) => JSON.stringify({ ...m, files: m.files.map((f) => ({ ...f, path: '../x' })) }),
    ],
    [
      'another version than its content has',
      (m: LocalDataset['manifest']) => JSON.stringify({ ...m, types: ['person'] }),
    ],
    [
      'the name of another dataset',
      (m: LocalDataset['manifest']) => {
        return datasetManifestBytes(datasetManifest({ ...m, name: 'another' }));
      },
    ],
  ] as const)('fails for %s', (_, change) => {
    const { manifest } = tiny();
    expectFails(() => parseDatasetManifest(manifest, Buffer.from(change(manifest))), 'E_DATASET_MALFORMED');
  });

  test('of any kind is read whole or refused with a code', () => {
    const { manifest } = tiny();
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const text = JSON.stringify(value) as string | undefined;
        expectFails(() => parseDatasetManifest(manifest, Buffer.from(text ?? '')), 'E_DATASET_MALFORMED');
      }),
    );
  });

  test('has a key that names it, and no other key does', () => {
    const { manifest } = tiny();
    const { name, version } = manifest;
    const key = datasetManifestKey(manifest);
    expect(datasetOfManifestKey(key)).toEqual({ name, version });
    for (const other of [
      `x${key}`,
      `${key}x`,
      key.replace('/tiny/', '/../'),
      key.replace('/tiny/', '/TINY/'),
      key.replace('/tiny/', '/-tiny/'),
      key.replace('/tiny/', `/${'a'.repeat(33)}/`),
      key.replace('manifest', 'manifest/manifest'),
      datasetFileKey(manifest, manifest.files[0]!),
    ]) {
      expect(datasetOfManifestKey(other)).toBeUndefined();
    }
  });
});

describe('a stored dataset', () => {
  test('is there with its parts, once, and verified', async () => {
    const { store } = openStore();
    const dataset = tiny();
    const progress: number[] = [];
    const onProgress = (stored: number): void => void progress.push(stored);
    const key = datasetManifestKey(dataset.manifest);
    expect(await storeDataset(store, dataset, { onProgress })).toEqual({ key, fresh: true });
    expect(await storeDataset(store, dataset)).toEqual({ key, fresh: false });
    const sizes = dataset.parts.map(({ bytes }) => bytes.length);
    expect(progress).toEqual([0, sizes[0], sizes[0]! + sizes[1]!, sizes[0]! + sizes[1]! + sizes[2]!]);
    const bytes = (await store.get(key))!.body;
    const { test: held } = await verifyDataset(store, parseDatasetManifest(dataset.manifest, bytes));
    expect(Buffer.from(held!.bytes).toString()).toBe(tinyConll(20, 2_000));
  });

  test('appears whole or not at all, wherever the upload dies, and the next upload ends it', async () => {
    const dataset = tiny();
    const key = datasetManifestKey(dataset.manifest);
    // Three parts and the manifest: four changes, before and after each.
    for (let step = 0; step < 8; step++) {
      const { store } = openStore();
      await expect(storeDataset(dyingStore(store, step), dataset)).rejects.toThrow(Died);
      const there = await collect(store.keys('datasets/'));
      if (there.includes(key)) await verifyDataset(store, dataset.manifest);
      await storeDataset(store, dataset);
      await verifyDataset(store, dataset.manifest);
    }
  });

  test('of two uploads at once is written by one', async () => {
    const { store } = openStore();
    const dataset = tiny();
    const both = await Promise.all([storeDataset(store, dataset), storeDataset(store, dataset)]);
    expect(both.map(({ fresh }) => fresh).sort()).toEqual([false, true]);
  });

  test.each([
    ['is missing', undefined],
    ['has another size', `${tinyConll(40)}\nmore\tO\n`],
    ['has other bytes', tinyConll(40).replace('Ada', 'Eva')],
  ])('fails when a file %s', async (_, text) => {
    const { store } = openStore();
    const dataset = tiny();
    await storeDataset(store, dataset);
    const key = datasetFileKey(dataset.manifest, dataset.manifest.files[0]!);
    if (text === undefined) await store.delete(key);
    else await store.put(key, Buffer.from(text));
    expect(await codeOf(() => verifyDataset(store, dataset.manifest))).toBe('E_DATASET_MISMATCH');
  });

  test.each([
    ['sentences', { sentences: 41 }],
    ['words', { tokens: 1 }],
  ])('fails when the manifest counts other %s', async (_, change) => {
    const { store } = openStore();
    const { manifest, parts } = tiny();
    const files = manifest.files.map((file) => (file.split === 'train' ? { ...file, ...change } : file));
    const lying = datasetManifest({ ...manifest, files });
    await storeDataset(store, { manifest: lying, parts });
    expect(datasetManifestSchema.safeParse(lying).success).toBe(true);
    expect(await codeOf(() => verifyDataset(store, lying))).toBe('E_DATASET_MISMATCH');
  });

  test('fails when the manifest names other types', async () => {
    const { store } = openStore();
    const { manifest, parts } = tiny();
    const lying = datasetManifest({ ...manifest, types: ['person'] });
    await storeDataset(store, { manifest: lying, parts });
    expect(await codeOf(() => verifyDataset(store, lying))).toBe('E_DATASET_MISMATCH');
  });
});
