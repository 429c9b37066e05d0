import { readdir, readFile, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Where a bundle's files lie. */
export interface BundleSource {
  /** The place in words, for errors. */
  readonly name: string;
  /** All that is there: path and size in bytes. Empty when the place does not exist. */
  list(): Promise<ReadonlyMap<string, number>>;
  /** A file's bytes; undefined when it is gone meanwhile. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A bundle in a folder on disk. */
export function folderSource(dir: string): BundleSource {
  return {
    name: dir,
    list: async () => {
      const entries = await orUndefined(dir, () => readdir(dir, { recursive: true, withFileTypes: true }));
      const sizes = new Map<string, number>();
      for (const entry of entries ?? []) {
        if (entry.isDirectory()) continue;
        const file = join(entry.parentPath, entry.name);
        const found = await orUndefined(file, () => stat(file));
        sizes.set(relative(dir, file).split(sep).join('/'), found?.size ?? 0);
      }
      return sizes;
    },
    read: async (path) => {
      const bytes = await orUndefined(join(dir, path), () => readFile(join(dir, path)));
      return bytes === undefined ? undefined : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    },
  };
}

/** A bundle under a prefix of an object store, such as `models/<id>/`. */
export function storeSource(store: ObjectStore, prefix: string): BundleSource {
  return {
    name: prefix,
    list: async () => {
      const sizes = new Map<string, number>();
      for await (const { key, sizeBytes } of store.list(prefix)) sizes.set(key.slice(prefix.length), sizeBytes);
      return sizes;
    },
    read: async (path) => (await store.get(prefix + path))?.body,
  };
}

/** A bundle that is in memory already, so that what is read from it is what was verified. */
export function memorySource(name: string, files: ReadonlyMap<string, Uint8Array>): BundleSource {
  return {
    name,
    list: async () => new Map([...files].map(([path, bytes]) => [path, bytes.byteLength])),
    read: async (path) => files.get(path),
  };
}

/** What `action` gives, or undefined when the file is not there. */
async function orUndefined<T>(file: string, action: () => Promise<T>): Promise<T | undefined> {
  try {
    return await action();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reason = error instanceof Error ? error.message : String(error);
    throw new NerError('E_FILE_UNREADABLE', `${file}: cannot be read: ${reason}.`, { cause: error });
  }
}
