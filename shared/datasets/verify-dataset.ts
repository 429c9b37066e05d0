import { DATASET_LIMITS, type DatasetFile, type DatasetManifest } from '../contracts/dataset.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { datasetFileKey } from './dataset-keys.ts';
import { splitContent } from './split-content.ts';

/** A dataset whose files are what its manifest says. */
export interface VerifiedDataset {
  /** The test split's file and bytes, if it has one. */
  readonly test: { readonly file: DatasetFile; readonly bytes: Uint8Array } | undefined;
}

/**
 * Reads every file that a manifest names, one after the other, and compares it with what the manifest says of it.
 *
 * @throws {E_DATASET_MISMATCH} a file is missing, or has another size, hash, number of sentences or words, or other types
 * @throws {E_CORPUS_MALFORMED} {E_CORPUS_EMPTY} as readConll
 */
export async function verifyDataset(store: ObjectStore, manifest: DatasetManifest): Promise<VerifiedDataset> {
  const types = new Set<string>();
  let test: VerifiedDataset['test'];
  for (const file of manifest.files) {
    const bytes = await readPart(store, manifest, file);
    const { types: found, ...content } = splitContent(file.path, bytes);
    for (const fact of ['sha256', 'sentences', 'tokens'] as const) {
      if (content[fact] !== file[fact]) throw mismatch(manifest, file, `${fact} ${content[fact]}`, String(file[fact]));
    }
    if (file.split === 'test') test = { file, bytes };
    else for (const type of found) types.add(type);
  }
  const found = [...types].sort();
  if (found.join('\n') !== manifest.types.join('\n')) {
    throw new NerError(
      'E_DATASET_MISMATCH',
      `dataset ${manifest.name}/${manifest.version}: the files have other entity types, got ${found.length}; expected the ${manifest.types.length} of the manifest. ${AGAIN}`,
    );
  }
  return { test };
}

const AGAIN = "Upload the corpus again, with 'tagwright upload --again'.";

async function readPart(store: ObjectStore, manifest: DatasetManifest, file: DatasetFile): Promise<Uint8Array> {
  const key = datasetFileKey(manifest, file);
  const head = await store.head(key);
  if (head === undefined) throw mismatch(manifest, file, 'no such object', key);
  if (head.sizeBytes !== file.sizeBytes || head.sizeBytes > DATASET_LIMITS.fileBytes) {
    throw mismatch(manifest, file, `${head.sizeBytes} bytes`, String(file.sizeBytes));
  }
  const object = await store.get(key);
  if (object === undefined) throw mismatch(manifest, file, 'no such object', key);
  return object.body;
}

function mismatch({ name, version }: DatasetManifest, file: DatasetFile, got: string, expected: string): NerError {
  return new NerError(
    'E_DATASET_MISMATCH',
    `dataset ${name}/${version}: ${file.path} is not what the manifest says, got ${got}; expected ${expected}. ${AGAIN}`,
  );
}
