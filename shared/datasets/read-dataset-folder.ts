import { join } from 'node:path';
import { DATASET_SPLITS, type DatasetFile, type DatasetManifest } from '../contracts/dataset.ts';
import { findSplitFiles } from '../corpus/split-names.ts';
import { readBytes } from '../corpus/text-file.ts';
import { datasetManifest } from './dataset-manifest.ts';
import { splitContent } from './split-content.ts';

/** A dataset that is not stored yet. */
export interface LocalDataset {
  readonly manifest: DatasetManifest;
  readonly parts: readonly { readonly file: DatasetFile; readonly bytes: Uint8Array }[];
}

export interface DatasetFolder {
  readonly dir: string;
  readonly name: string;
  /** Makes another version of the same files. */
  readonly nonce?: string | undefined;
}

/**
 * Reads a folder of CoNLL files, each of which becomes `SPLIT.conll`: what a file is called here does not change the version.
 *
 * @throws {E_FILE_UNREADABLE} {E_CORPUS_NO_TRAIN} as findSplitFiles
 * @throws {E_CORPUS_MALFORMED} {E_CORPUS_EMPTY} as readConll, with file and line
 * @throws {E_DATASET_MALFORMED} the dataset is beyond DATASET_LIMITS, or has no entity
 */
export function readDatasetFolder({ dir, name, nonce }: DatasetFolder): LocalDataset {
  const names = findSplitFiles(dir);
  const types = new Set<string>();
  const parts: LocalDataset['parts'][number][] = [];
  for (const split of DATASET_SPLITS) {
    const path = names[split];
    if (path === undefined) continue;
    const bytes = readBytes(join(dir, path));
    const { types: found, ...content } = splitContent(join(dir, path), bytes);
    // What only test has cannot be learnt.
    if (split !== 'test') for (const type of found) types.add(type);
    parts.push({ file: { split, path: `${split}.conll`, ...content }, bytes });
  }
  const files = parts.map(({ file }) => file);
  return { manifest: datasetManifest({ name, files, types: [...types].sort(), nonce }), parts };
}
