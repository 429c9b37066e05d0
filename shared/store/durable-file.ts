import { closeSync, fsyncSync, openSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** The bytes in [start, end) of an open file. */
export async function readExactly(file: FileHandle, start: number, end: number): Promise<Uint8Array> {
  const body = new Uint8Array(end - start);
  for (let done = 0; done < body.length;) {
    const { bytesRead } = await file.read(body, done, body.length - done, start + done);
    if (bytesRead === 0) throw new Error(`the file ends at ${start + done} of ${end} bytes`);
    done += bytesRead;
  }
  return body;
}

/** Makes a file with these bytes and resolves when they are on disk. */
export async function writeFlushed(path: string, body: Uint8Array): Promise<void> {
  const file = await open(path, 'wx');
  try {
    await file.writeFile(body);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Returns when the folder's entries are on disk. */
export function flushFolder(path: string): void {
  // Windows has no such call for a folder, and NTFS journals its entries.
  if (process.platform === 'win32') return;
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
