import type { DatasetFile, DatasetManifest } from '../contracts/dataset.ts';
import { PREFIXES } from '../contracts/layout.ts';

/** A dataset by name and content. */
export type DatasetId = Pick<DatasetManifest, 'name' | 'version'>;

/** An allow-list: nothing else under `datasets/` starts anything. The parts are as datasetNameSchema and datasetVersionSchema. */
const MANIFEST_KEY = /^datasets\/([a-z0-9](?:-?[a-z0-9]){0,31})\/([0-9a-f]{16})\/manifest\.json$/;

export function datasetManifestKey({ name, version }: DatasetId): string {
  return `${datasetPrefix({ name, version })}manifest.json`;
}

/** The dataset whose manifest has the key; undefined for every other key. */
export function datasetOfManifestKey(key: string): DatasetId | undefined {
  const [, name, version] = MANIFEST_KEY.exec(key) ?? [];
  return name === undefined || version === undefined ? undefined : { name, version };
}

/** Where a split's file lies, alone: a channel of a training job. */
export function datasetSplitPrefix(dataset: DatasetId, split: DatasetFile['split']): string {
  return `${datasetPrefix(dataset)}${split}/`;
}

export function datasetFileKey(dataset: DatasetId, { split, path }: Pick<DatasetFile, 'split' | 'path'>): string {
  return `${datasetSplitPrefix(dataset, split)}${path}`;
}

function datasetPrefix({ name, version }: DatasetId): string {
  return `${PREFIXES.datasets}${name}/${version}/`;
}
