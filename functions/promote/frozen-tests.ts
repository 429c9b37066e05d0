import type { FrozenTest } from '../../shared/contracts/dataset.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { frozenSentences, readFrozenTest } from '../../shared/datasets/frozen-test.ts';
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
 * @throws {E_RESULT_DAMAGED} a test set is not what was frozen
 */
export async function readFrozenTests(
  store: ObjectStore,
  first: string,
): Promise<readonly FrozenTestSet[] | undefined> {
  const own = await readFrozenTest(store, first);
  if (own === undefined) return undefined;
  const frozen = [own];
  for (const name of await frozenNames(store)) {
    const other = await readFrozenTest(store, name);
    // Two names may have the same file.
    if (other !== undefined && frozen.every(({ sha256 }) => sha256 !== other.sha256)) frozen.push(other);
  }
  const tests: FrozenTestSet[] = [];
  for (const test of frozen) tests.push({ ...test, sentences: await frozenSentences(store, test) });
  return tests;
}

async function frozenNames(store: ObjectStore): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const key of store.keys(PREFIXES.frozen)) {
    const name = /^frozen\/([^/]+)\/manifest\.json$/.exec(key)?.[1];
    if (name !== undefined) names.push(name);
  }
  return names;
}
