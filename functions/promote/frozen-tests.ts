import { frozenTestSchema, type FrozenTest } from '../../shared/contracts/dataset.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { readConll, type Sentence } from '../../shared/corpus/conll.ts';
import { decodeUtf8 } from '../../shared/corpus/text-file.ts';
import { sha256Hex } from '../../shared/model/sha256.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** A frozen test set, read and verified. */
export interface FrozenTestSet extends Pick<FrozenTest, 'name' | 'sha256'> {
  readonly sentences: readonly Sentence[];
}

/**
 * All frozen test sets, that of one dataset first: an upload under a new name brings its own, and must not get past the
 * others by that.
 *
 * @returns undefined when that dataset has none
 * @throws {E_RESULT_DAMAGED} a test set is not what its manifest says
 */
export async function readFrozenTests(
  store: ObjectStore,
  first: string,
): Promise<readonly FrozenTestSet[] | undefined> {
  const own = await readFrozenTest(store, manifestKey(first));
  if (own === undefined) return undefined;
  const tests = [own];
  for await (const key of store.keys(PREFIXES.frozen)) {
    if (!key.endsWith('/manifest.json') || key === manifestKey(first)) continue;
    const other = await readFrozenTest(store, key);
    // Two names may have the same file.
    if (other !== undefined && tests.every(({ sha256 }) => sha256 !== other.sha256)) tests.push(other);
  }
  return tests;
}

function manifestKey(name: string): string {
  return `${PREFIXES.frozen}${name}/manifest.json`;
}

async function readFrozenTest(store: ObjectStore, key: string): Promise<FrozenTestSet | undefined> {
  const found = await store.get(key);
  if (found === undefined) return undefined;
  const manifest = parse(found.body);
  if (manifest === undefined || key !== manifestKey(manifest.name)) throw damaged(key, 'it is no frozen test set');
  const file = (await store.get(manifest.key))?.body;
  if (file === undefined || sha256Hex(file) !== manifest.sha256) throw damaged(manifest.key, 'it is not the file');
  const text = decodeUtf8(manifest.key, file);
  return { name: manifest.name, sha256: manifest.sha256, sentences: readConll({ name: manifest.key, text }) };
}

function parse(body: Uint8Array): FrozenTest | undefined {
  try {
    return frozenTestSchema.safeParse(JSON.parse(Buffer.from(body).toString())).data;
  } catch {
    return undefined;
  }
}

function damaged(key: string, what: string): NerError {
  return new NerError(
    'E_RESULT_DAMAGED',
    `${key}: ${what} that was written, so no model can be measured on it. Restore it from a backup.`,
  );
}
