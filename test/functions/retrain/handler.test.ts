import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRetrainHandler } from '../../../functions/retrain/handler.ts';
import type { RetrainSettings } from '../../../functions/retrain/job-spec.ts';
import type { BusEvent, ObjectCreated } from '../../../shared/contracts/events.ts';
import { datasetFileKey } from '../../../shared/datasets/dataset-keys.ts';
import { datasetManifestBytes } from '../../../shared/datasets/dataset-manifest.ts';
import { readFrozenTest } from '../../../shared/datasets/frozen-test.ts';
import { type LocalDataset, readDatasetFolder } from '../../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../../shared/datasets/store-dataset.ts';
import type { ObjectStore } from '../../../shared/store/object-store.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { Died, dyingStore } from '../../support/dying-store.ts';
import { openStore } from '../../support/open-store.ts';
import { recordedJobs } from '../../support/recorded-jobs.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyDataset } from '../../support/tiny-dataset.ts';

const settings: RetrainSettings = {
  namePrefix: 'tagwright-test',
  hyperparameters: { seed: '1' },
  image: 'trainer@sha256:0123',
  maxRuntimeSeconds: 60,
};

function created(key: string, bucket = 'lake'): ObjectCreated {
  const detail = { bucket: { name: bucket }, object: { key } };
  return { id: key, time: '2026-03-04T05:06:07Z', source: 'aws.s3', 'detail-type': 'Object Created', detail };
}

function desk(store: ObjectStore, changes: Partial<RetrainSettings> = {}, book = recordedJobs()) {
  const published: BusEvent[] = [];
  const handler = createRetrainHandler({
    store,
    jobs: book.jobs,
    bus: { publish: async (events) => void published.push(...events) },
    clock: createFakeClock(),
    settings: { ...settings, ...changes },
    bucket: 'lake',
  });
  return { ...book, published, handle: (key: string, bucket?: string) => handler.handle(created(key, bucket)) };
}

function dataset(
  options: { readonly from?: number; readonly test?: boolean; readonly nonce?: string } = {},
): LocalDataset {
  return readDatasetFolder({ dir: writeTinyDataset(tempFolder(), options), name: 'tiny', nonce: options.nonce });
}

describe('retrain', () => {
  test('starts a job for a dataset, and freezes the first test split', async () => {
    const { store } = openStore();
    const { specs, published, handle } = desk(store, { encoder: 'encoders/mini/' });
    const first = dataset();
    const { key } = await storeDataset(store, first);
    await handle(key);
    const { version, files } = first.manifest;
    const sha256 = files.find(({ split }) => split === 'test')!.sha256;
    expect(specs).toMatchObject([
      {
        hyperparameters: { seed: '1', tagwright_dataset: `tiny/${version}` },
        channels: {
          train: `datasets/tiny/${version}/train/`,
          dev: `datasets/tiny/${version}/dev/`,
          encoder: 'encoders/mini/',
          frozen: `frozen/tiny/${sha256}/`,
        },
        outputPrefix: 'jobs/',
        maxRuntimeSeconds: 60,
      },
    ]);
    expect(specs[0]!.name).toMatch(/^tagwright-test-[0-9a-f]{32}$/);
    expect(specs[0]!.checkpointPrefix).toBe(`jobs/${specs[0]!.name}/checkpoints/`);
    expect(published).toEqual([]);

    const second = dataset({ from: 3, test: false });
    await handle((await storeDataset(store, second)).key);
    expect(specs[1]!.channels['frozen']).toBe(`frozen/tiny/${sha256}/`);
    expect((await readFrozenTest(store, 'tiny'))!.fromVersion).toBe(version);
  });

  test('is one job a dataset, however often, late and in which order events come', async () => {
    const { store } = openStore();
    const keys: string[] = [];
    for (const each of [dataset(), dataset({ from: 5 }), dataset({ nonce: 'again' })]) {
      keys.push((await storeDataset(store, each)).key, (await storeDataset(store, each)).key);
    }
    const names = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.constantFrom(...keys), { minLength: 1, maxLength: 6 }), async (order) => {
        const { specs, handle, published } = desk(store);
        await Promise.all(order.slice(1).map((key) => handle(key)));
        await handle(order[0]!);
        expect(specs).toHaveLength(new Set(order).size);
        expect(published).toEqual([]);
        for (const { name } of specs) names.add(name);
      }),
      { numRuns: 20 },
    );
    expect(names.size).toBeLessThanOrEqual(3);
  });

  test('is another job with other hyperparameters, another image or another encoder', async () => {
    const { store } = openStore();
    const book = recordedJobs();
    const { key } = await storeDataset(store, dataset());
    for (const change of [
      {},
      { hyperparameters: { seed: '2' } },
      { image: 'trainer@sha256:4567' },
      { encoder: 'encoders/x/' },
    ]) {
      await desk(store, change, book).handle(key);
    }
    expect(book.specs).toHaveLength(4);
  });

  test('passes over what is no manifest, of another bucket, or not there any more', async () => {
    const { store } = openStore();
    const { specs, published, handle } = desk(store);
    const one = dataset();
    const { key } = await storeDataset(store, one);
    await handle(datasetFileKey(one.manifest, one.manifest.files[0]!));
    await handle(`${key}.bak`);
    await handle(key, 'another-lake');
    await store.delete(key);
    await handle(key);
    expect([specs, published]).toEqual([[], []]);
  });

  test.each([
    [
      'E_DATASET_MALFORMED',
      async (store: ObjectStore, { key }: Stored) => {
        await store.put(key, Buffer.from('{"format":"tagwright-dataset"}'));
      },
    ],
    [
      'E_DATASET_MISMATCH',
      async (store: ObjectStore, { manifest }: Stored) => {
        await store.delete(datasetFileKey(manifest, manifest.files[0]!));
      },
    ],
  ] as const)('refuses a dataset with %s, once and for all', async (code, spoil) => {
    const { store } = openStore();
    const { specs, published, handle } = desk(store);
    const { manifest, parts } = dataset();
    const { key } = await storeDataset(store, { manifest, parts });
    await spoil(store, { key, manifest });
    await handle(key);
    await handle(key);
    expect(specs).toEqual([]);
    expect(published).toMatchObject([{ 'detail-type': 'Dataset Refused', detail: { key, code } }, { detail: { key } }]);
    expect(published[0]!.id).toBe(published[1]!.id);
  });

  test('refuses the first dataset of a name without a test split, and takes one with it', async () => {
    const { store } = openStore();
    const { specs, published, handle } = desk(store);
    await handle((await storeDataset(store, dataset({ test: false }))).key);
    expect(published).toMatchObject([{ detail: { code: 'E_DATASET_NO_TEST' } }]);
    await handle((await storeDataset(store, dataset())).key);
    expect(specs).toHaveLength(1);
  });

  test('says of a line that cannot be read where it is, and none of its words', async () => {
    const { store } = openStore();
    const { published, handle } = desk(store);
    const { manifest, parts } = dataset();
    const { key } = await storeDataset(store, { manifest, parts });
    const train = manifest.files[0]!;
    const secret = Buffer.from(Buffer.from(parts[0]!.bytes).toString().replace('lives\tO', 'lives\tX'));
    await store.put(datasetFileKey(manifest, train), secret);
    await store.put(key, datasetManifestBytes(manifest));
    await handle(key);
    expect(published).toMatchObject([{ detail: { code: 'E_CORPUS_MALFORMED' } }]);
    expect(JSON.stringify(published)).toContain('train.conll:2: ');
    expect(JSON.stringify(published)).not.toContain('lives');
  });

  test('wherever it dies, the event again leads to the same job and the same frozen test', async () => {
    const { store: whole } = openStore();
    const one = dataset();
    await storeDataset(whole, one);
    for (let step = 0; step < 4; step++) {
      const { store } = openStore();
      const { key } = await storeDataset(store, one);
      await expect(desk(dyingStore(store, step)).handle(key)).rejects.toThrow(Died);
      const { specs, handle } = desk(store);
      await handle(key);
      expect(specs).toHaveLength(1);
      expect((await readFrozenTest(store, 'tiny'))!.fromVersion).toBe(one.manifest.version);
    }
  });

  test('fails when the platform does, so that the event comes again', async () => {
    const { store } = openStore();
    const { key } = await storeDataset(store, dataset());
    const away = new Error('the platform is away');
    const failing = desk(store, {}, { specs: [], jobs: { start: () => Promise.reject(away) } });
    await expect(failing.handle(key)).rejects.toBe(away);
    expect(failing.published).toEqual([]);
  });
});

interface Stored {
  readonly key: string;
  readonly manifest: LocalDataset['manifest'];
}
