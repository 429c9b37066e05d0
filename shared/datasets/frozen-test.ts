import { type DatasetFile, type FrozenTest, frozenTestSchema } from '../contracts/dataset.ts';
import { PREFIXES } from '../contracts/layout.ts';
import { type Sentence, readConll } from '../corpus/conll.ts';
import { decodeUtf8 } from '../corpus/text-file.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { sha256Hex } from '../model/sha256.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { DatasetId } from './dataset-keys.ts';

/**
 * The test set that all models of a dataset's name are measured on; undefined before there is one.
 *
 * @throws {E_RESULT_DAMAGED} what lies there is none
 */
export async function readFrozenTest(store: ObjectStore, name: string): Promise<FrozenTest | undefined> {
  const key = manifestKey(name);
  const object = await store.get(key);
  if (object === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(object.body));
  } catch (cause) {
    throw damaged(key, 'text that is not JSON', cause);
  }
  const { success, data, error } = frozenTestSchema.safeParse(json);
  if (!success) throw damaged(key, error.issues[0]!.message, error);
  if (data.name !== name || data.key !== fileKey(name, data.sha256)) throw damaged(key, data.key);
  return data;
}

/** Its sentences. @throws {E_RESULT_DAMAGED} the file is not the one that was frozen */
export async function frozenSentences(store: ObjectStore, frozen: FrozenTest): Promise<readonly Sentence[]> {
  const object = await store.get(frozen.key);
  if (object === undefined) throw damaged(frozen.key, 'no such object');
  const sha256 = sha256Hex(object.body);
  if (sha256 !== frozen.sha256) throw damaged(frozen.key, `SHA-256 ${sha256}`);
  return readConll({ name: frozen.key, text: decodeUtf8(frozen.key, object.body) });
}

/** Where its file lies, alone: a channel of a training job. */
export function frozenTestPrefix({ name, sha256 }: Pick<FrozenTest, 'name' | 'sha256'>): string {
  return `${PREFIXES.frozen}${name}/${sha256}/`;
}

/** Makes a dataset's test split the test set of its name, unless there is one; returns the one there is. */
export async function freezeTest(
  store: ObjectStore,
  { name, version }: DatasetId,
  { file, bytes }: { readonly file: DatasetFile; readonly bytes: Uint8Array },
): Promise<FrozenTest> {
  const { sha256, sentences, tokens } = file;
  const key = fileKey(name, sha256);
  await putUnlessThere(store, key, bytes);
  const frozen: FrozenTest = {
    format: 'tagwright-frozen-test',
    formatVersion: 1,
    name,
    key,
    sha256,
    sentences,
    tokens,
    fromVersion: version,
  };
  if (await putUnlessThere(store, manifestKey(name), Buffer.from(`${canonicalJson(frozen, 2)}\n`))) return frozen;
  const there = await readFrozenTest(store, name);
  if (there === undefined) throw damaged(manifestKey(name), 'no such object any more');
  return there;
}

function manifestKey(name: string): string {
  return `${PREFIXES.frozen}${name}/manifest.json`;
}

function fileKey(name: string, sha256: string): string {
  return `${frozenTestPrefix({ name, sha256 })}test.conll`;
}

async function putUnlessThere(store: ObjectStore, key: string, bytes: Uint8Array): Promise<boolean> {
  try {
    await store.put(key, bytes, { ifNoneMatch: '*' });
    return true;
  } catch (error) {
    if (error instanceof NerError && error.code === 'E_STORE_CONFLICT') return false;
    throw error;
  }
}

function damaged(key: string, got: string, cause?: unknown): NerError {
  return new NerError(
    'E_RESULT_DAMAGED',
    `${key}: it is not the frozen test set that was written once, got ${got}; expected that, or no model can be measured on it. Restore it from a backup.`,
    { cause },
  );
}
