import { createHash } from 'node:crypto';
import type { BigIntStats } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

const MAX_ENTRIES = 10_000;
const CHUNK_BYTES = 1 << 20;

/**
 * File systems stamp files with a coarse clock (4 ms on Linux), so a file as young as this may have been replaced by
 * one that looks the same. Git calls such entries racily clean and re-reads them, as we do.
 */
const YOUNG_MS = 100;

interface Entry {
  readonly identity: string;
  readonly etag: string;
}

/** The ETag of bytes: the first 32 hex digits of their SHA-256. */
export function etagOf(body: Uint8Array): string {
  return createHash('sha256').update(body).digest('hex').slice(0, 32);
}

/** ETags of files, computed once per version of a file. */
export class EtagCache {
  readonly #entries = new Map<string, Entry>();
  readonly #clock: () => Date;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** The ETag of the open file; `body` when the caller has read all of it already. */
  async etag(path: string, file: FileHandle, body?: Uint8Array): Promise<string> {
    const stats = await file.stat({ bigint: true });
    const identity = identityOf(stats);
    const known = this.#entries.get(path);
    if (known?.identity === identity) return known.etag;
    const etag = body === undefined ? await hashFile(file) : etagOf(body);
    if (this.#clock().getTime() - Number(stats.mtimeMs) >= YOUNG_MS) {
      if (this.#entries.size >= MAX_ENTRIES) this.#entries.clear();
      this.#entries.set(path, { identity, etag });
    }
    return etag;
  }
}

function identityOf(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`;
}

async function hashFile(file: FileHandle): Promise<string> {
  const hash = createHash('sha256');
  const chunk = new Uint8Array(CHUNK_BYTES);
  for (let position = 0; ;) {
    const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, position);
    if (bytesRead === 0) return hash.digest('hex').slice(0, 32);
    hash.update(chunk.subarray(0, bytesRead));
    position += bytesRead;
  }
}
