import { type DatasetFile, type DatasetManifest, datasetManifestSchema } from '../contracts/dataset.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { sha256Hex } from '../model/sha256.ts';
import { NerError } from '../ner-error.ts';
import type { DatasetId } from './dataset-keys.ts';

/** What a manifest says, without the version that follows from it. */
export interface DatasetContent {
  readonly name: string;
  readonly files: readonly DatasetFile[];
  readonly types: readonly string[];
  readonly nonce?: string | undefined;
}

/** The manifest of a content: the same content is the same version. @throws {E_DATASET_MALFORMED} it breaks a rule of DATASET_LIMITS */
export function datasetManifest({ name, files, types, nonce }: DatasetContent): DatasetManifest {
  const content = {
    format: 'tagwright-dataset',
    formatVersion: 1,
    name,
    files: [...files],
    types: [...types],
    ...(nonce === undefined ? {} : { nonce }),
  } as const;
  return parse(`dataset ${name}`, { ...content, version: versionOf(content) });
}

/** The bytes that are stored. */
export function datasetManifestBytes(manifest: DatasetManifest): Uint8Array {
  return Buffer.from(`${canonicalJson(manifest, 2)}\n`);
}

/**
 * Reads the manifest of a dataset.
 *
 * @throws {E_DATASET_MALFORMED} it is no manifest, or that of another dataset, or its version is not that of its content
 */
export function parseDatasetManifest({ name, version }: DatasetId, bytes: Uint8Array): DatasetManifest {
  const what = `dataset ${name}/${version}`;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new NerError('E_DATASET_MALFORMED', `${what}: the manifest is not JSON. ${UPLOAD}`, { cause });
  }
  const manifest = parse(what, json);
  const { version: said, ...content } = manifest;
  if (manifest.name !== name || said !== version || versionOf(content) !== version) {
    throw new NerError(
      'E_DATASET_MALFORMED',
      `${what}: the manifest is of another dataset, got ${manifest.name}/${said} with the content of ${versionOf(content)}; expected ${name}/${version}. ${UPLOAD}`,
    );
  }
  return manifest;
}

const UPLOAD = "Upload the corpus with 'tagwright upload'.";

function parse(what: string, json: unknown): DatasetManifest {
  const { success, data, error } = datasetManifestSchema.safeParse(json);
  if (success) return data;
  const { path, message } = error.issues[0]!;
  const where = path.length === 0 ? 'it' : path.map(String).join('.');
  throw new NerError('E_DATASET_MALFORMED', `${what}: the manifest breaks a rule, got ${where}: ${message}. ${UPLOAD}`);
}

/** @param content a manifest without its version */
function versionOf(content: object): string {
  return sha256Hex(canonicalJson(content)).slice(0, 16);
}
