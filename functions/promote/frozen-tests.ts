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
  const tests = await readAllFrozenTests(store, first);
  return tests[0]?.name === first ? tests : undefined;
}

/** All frozen test sets; of names with the same file, one. @throws {E_DATASET_MISMATCH} */
export async function readAllFrozenTests(store: ObjectStore, first?: string): Promise<readonly FrozenTestSet[]> {
  const names = await frozenNames(store);
  const ordered = first === undefined ? names : [first, ...names.filter((name) => name !== first)];
  const tests: FrozenTestSet[] = [];
  for (const name of ordered) {
    const frozen = await readFrozenTest(store, name);
    if (frozen === undefined || tests.some(({ sha256 }) => sha256 === frozen.sha256)) continue;
    tests.push({ name, sha256: frozen.sha256, sentences: await frozenSentences(store, frozen) });
  }
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
