import { expect, test } from 'vitest';
import { datasetManifestKey } from '../../../shared/datasets/dataset-keys.ts';
import { listDatasets } from '../../../shared/datasets/list-datasets.ts';
import { readDatasetFolder } from '../../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../../shared/datasets/store-dataset.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyDataset } from '../../support/tiny-dataset.ts';

test('lists what was uploaded, and tells of a manifest that is damaged', async () => {
  const { store } = openStore();
  expect(await listDatasets(store)).toEqual({ datasets: [], damaged: [] });
  const [b, a] = ['b', 'a'].map((name, from) =>
    readDatasetFolder({ dir: writeTinyDataset(tempFolder(), { from }), name }),
  );
  for (const dataset of [b!, a!]) await storeDataset(store, dataset);
  const key = datasetManifestKey({ name: 'c', version: '0'.repeat(16) });
  await store.put(key, Buffer.from('{}'));
  const { datasets, damaged } = await listDatasets(store);
  expect(datasets).toEqual([a!.manifest, b!.manifest]);
  expect(damaged).toEqual([{ key, reason: expect.stringContaining('the manifest breaks a rule') as string }]);
});
