import type { DatasetManifest } from '../contracts/dataset.ts';
import { PREFIXES } from '../contracts/layout.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { datasetOfManifestKey } from './dataset-keys.ts';
import { parseDatasetManifest } from './dataset-manifest.ts';

export interface DatasetListing {
  /** By name, then version. */
  readonly datasets: readonly DatasetManifest[];
  readonly damaged: readonly { readonly key: string; readonly reason: string }[];
}

/** The datasets that were uploaded to a store. */
export async function listDatasets(store: ObjectStore): Promise<DatasetListing> {
  const datasets: DatasetManifest[] = [];
  const damaged: DatasetListing['damaged'][number][] = [];
  for await (const key of store.keys(PREFIXES.datasets)) {
    const id = datasetOfManifestKey(key);
    const found = id === undefined ? undefined : await store.get(key);
    if (id === undefined || found === undefined) continue;
    try {
      datasets.push(parseDatasetManifest(id, found.body));
    } catch (error) {
      if (!(error instanceof NerError)) throw error;
      damaged.push({ key, reason: error.message });
    }
  }
  return { datasets, damaged };
}
