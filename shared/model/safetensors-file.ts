import { closeSync, fstatSync, fsyncSync, openSync, readSync, writeSync } from 'node:fs';
import { NerError } from '../ner-error.ts';
import { HEADER_MAX_BYTES, parseHeader } from './safetensors-header.ts';
import { readTensors, safetensorsParts, type SafetensorsFile, type SafetensorsTensor } from './safetensors.ts';

export interface ChunkOptions {
  /** How much is read or written at once. */
  readonly chunkBytes?: number;
}

/** A read or a write takes at most 2 GiB less a page. */
const CHUNK_BYTES = 1 << 30;

/**
 * Writes tensors to a safetensors file, one after the other from where they are: the file is never in memory beside them,
 * and may be longer than the 2 GiB that Node writes at once. It is on disk when this returns.
 *
 * @throws {E_SHAPE_MISMATCH} {E_WEIGHTS_MALFORMED} as writeSafetensors, before there is a file
 * @throws {Error} of the file system, such as ENOSPC; what was written by then stays
 */
export function writeSafetensorsFile(
  path: string,
  {
    tensors,
    metadata,
  }: { tensors: Readonly<Record<string, SafetensorsTensor>>; metadata: SafetensorsFile['metadata'] },
  { chunkBytes = CHUNK_BYTES }: ChunkOptions = {},
): void {
  const parts = safetensorsParts(tensors, metadata);
  const file = openSync(path, 'w');
  try {
    for (const part of parts) {
      for (let at = 0; at < part.byteLength;) {
        at += writeSync(file, part, at, Math.min(part.byteLength - at, chunkBytes));
      }
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/**
 * Reads a safetensors file from disk, each tensor into its own array: the file is never in memory beside them, and may be
 * longer than the 2 GiB that Node reads at once.
 *
 * @throws {E_FILE_UNREADABLE} when it cannot be opened or read
 * @throws {E_WEIGHTS_MALFORMED} as readSafetensors
 */
export function readSafetensorsFile(path: string, { chunkBytes = CHUNK_BYTES }: ChunkOptions = {}): SafetensorsFile {
  const file = attempt(path, () => openSync(path, 'r'));
  try {
    const byteLength = attempt(path, () => fstatSync(file).size);
    const read = (start: number, end: number): ArrayBuffer => readRange({ file, path, chunkBytes }, start, end);
    const length = byteLength < 8 ? 0n : new DataView(read(0, 8)).getBigUint64(0, true);
    // A header that says it is longer than the file, or than any may be, is refused when it is parsed.
    const headerEnd = length > BigInt(HEADER_MAX_BYTES) ? 8 : 8 + Number(length);
    const header = parseHeader(new Uint8Array(read(0, Math.min(byteLength, headerEnd))), path);
    return readTensors(header, { byteLength, read, source: path });
  } finally {
    closeSync(file);
  }
}

interface OpenFile extends Required<ChunkOptions> {
  readonly file: number;
  readonly path: string;
}

function readRange({ file, path, chunkBytes }: OpenFile, start: number, end: number): ArrayBuffer {
  const bytes = new Uint8Array(end - start);
  for (let done = 0; done < bytes.length;) {
    const length = Math.min(bytes.length - done, chunkBytes);
    const count = attempt(path, () => readSync(file, bytes, done, length, start + done));
    if (count === 0) throw unreadable(path, `it ends at ${start + done} while it is read`);
    done += count;
  }
  return bytes.buffer;
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
}

function unreadable(path: string, reason: string, cause?: unknown): NerError {
  return new NerError(
    'E_FILE_UNREADABLE',
    `${path}: the file cannot be read, got ${reason}; expected a readable safetensors file. Check the path.`,
    { cause },
  );
}
