import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';

export interface FolderSize {
  readonly sizeBytes: number;
  /** What a zip of the folder holds, without its directory of some 100 bytes a file. */
  readonly deflatedBytes: number;
}

export async function folderSize(folder: string): Promise<FolderSize> {
  let [sizeBytes, deflatedBytes] = [0, 0];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const bytes = await readFile(join(entry.parentPath, entry.name));
    sizeBytes += bytes.byteLength;
    deflatedBytes += deflateRawSync(bytes).byteLength;
  }
  return { sizeBytes, deflatedBytes };
}
