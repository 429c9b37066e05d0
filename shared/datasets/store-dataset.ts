import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { datasetFileKey, datasetManifestKey } from './dataset-keys.ts';
import { datasetManifestBytes } from './dataset-manifest.ts';
import type { LocalDataset } from './read-dataset-folder.ts';

export interface StoreDatasetOptions {
  /** Told of what is stored, before the first part and after each. */
  readonly onProgress?: (storedBytes: number, totalBytes: number) => void;
}

/**
 * Stores the parts and, last, the manifest: whoever sees that sees a whole dataset.
 *
 * @returns the manifest's key, and whether this call wrote it: the same dataset may be there already
 */
export async function storeDataset(
  store: ObjectStore,
  { manifest, parts }: LocalDataset,
  { onProgress = () => undefined }: StoreDatasetOptions = {},
): Promise<{ readonly key: string; readonly fresh: boolean }> {
  const key = datasetManifestKey(manifest);
  if ((await store.head(key)) !== undefined) return { key, fresh: false };
  const totalBytes = parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
  let storedBytes = 0;
  onProgress(storedBytes, totalBytes);
  for (const { file, bytes } of parts) {
    await store.put(datasetFileKey(manifest, file), bytes);
    storedBytes += bytes.length;
    onProgress(storedBytes, totalBytes);
  }
  try {
    await store.put(key, datasetManifestBytes(manifest), { ifNoneMatch: '*' });
    return { key, fresh: true };
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_STORE_CONFLICT') return { key, fresh: false };
    throw error;
  }
}
