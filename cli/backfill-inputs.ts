import { createReadStream, readdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import type { BackfillInput } from '../functions/backfill/backfill-input.ts';
import { unreadable } from '../shared/corpus/text-file.ts';
import { NerError } from '../shared/ner-error.ts';

/** Some 2,000 tweets: larger reads gain nothing. */
const CHUNK_BYTES = 256 * 1024;

/**
 * Files, and all files in folders and the folders below, in the order of their names; those that begin with a dot are left
 * out. A file in a folder is named by its path there, a file by its last name, so that a run goes on from any folder.
 *
 * @throws {E_FILE_UNREADABLE} {E_USAGE} two have the same name
 */
export function folderInputs(paths: readonly string[]): readonly BackfillInput[] {
  const inputs = new Map<string, BackfillInput>();
  for (const path of paths) {
    for (const { name, file } of filesOf(path)) {
      if (inputs.has(name)) {
        throw new NerError(
          'E_USAGE',
          `tagwright backfill: two inputs are called ${name}; expected names of their own.`,
        );
      }
      inputs.set(name, fileInput(name, file));
    }
  }
  return [...inputs.values()];
}

function filesOf(path: string): readonly { readonly name: string; readonly file: string }[] {
  try {
    if (!statSync(path).isDirectory()) return [{ name: basename(path), file: path }];
    return readdirSync(path, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => ({ name: relative(path, file).split(sep).join('/'), file }))
      .filter(({ name }) => !name.split('/').some((part) => part.startsWith('.')))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw unreadable(path, error);
  }
}

function fileInput(name: string, file: string): BackfillInput {
  const { size, mtimeMs } = statSync(file);
  return {
    name,
    // A file that was mended in place may have the size that it had.
    version: `${size}-${Math.trunc(mtimeMs)}`,
    chunks: async function* () {
      try {
        for await (const chunk of createReadStream(file, { highWaterMark: CHUNK_BYTES })) yield chunk as Uint8Array;
      } catch (error) {
        throw unreadable(file, error);
      }
    },
  };
}
