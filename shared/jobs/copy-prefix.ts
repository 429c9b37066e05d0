import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import type { ObjectStore } from '../store/object-store.ts';
import { keySegments } from '../store/store-key.ts';

/**
 * Writes the objects under a prefix as files, as SageMaker's File mode does: their paths are what follows the last `/` of
 * the prefix.
 *
 * @returns how many there were
 */
export async function downloadPrefix(store: ObjectStore, prefix: string, folder: string): Promise<number> {
  const from = prefix.lastIndexOf('/') + 1;
  let count = 0;
  for await (const key of store.keys(prefix)) {
    const object = await store.get(key);
    if (object === undefined) continue;
    const file = join(folder, ...keySegments(key.slice(from)));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, object.body);
    count++;
  }
  return count;
}

/** Makes the objects under a prefix the files of a folder: what is not among them any more is deleted. */
export async function uploadFolder(store: ObjectStore, folder: string, prefix: string): Promise<void> {
  const files = await filesOf(folder);
  const keys = new Set(files.map((path) => prefix + path));
  for (const path of files) await store.put(prefix + path, await readFile(join(folder, path)));
  for await (const key of store.keys(prefix)) if (!keys.has(key)) await store.delete(key);
}

/** Deletes every object under a prefix. */
export async function deletePrefix(store: ObjectStore, prefix: string): Promise<void> {
  for await (const key of store.keys(prefix)) await store.delete(key);
}

/** Paths of all regular files below a folder, with `/` between their parts, sorted; none where there is no folder. */
export async function filesOf(folder: string): Promise<readonly string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .sort();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
