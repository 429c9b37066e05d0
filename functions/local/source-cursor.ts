import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { z } from 'zod';
import type { ObjectStore } from '../../shared/store/object-store.ts';

const cursorSchema = z.object({
  v: z.literal(1),
  /** First part of the ids of plain-text tweets: the file's name and a hash of its beginning. */
  name: z.string(),
  format: z.enum(['ndjson', 'text']),
  /** The beginning of the file when it was first seen: another beginning is another file. */
  head: z.object({ sizeBytes: z.int(), sha256: z.string() }),
  /** ISO 8601; the day of its quarantine, so that a replay finds the same place. */
  firstSeenAt: z.iso.datetime(),
  /** Everything before was accepted by the queue. */
  offsetBytes: z.int(),
  /** The number of the line at the offset. */
  nextLine: z.int(),
  tweets: z.int(),
  rejected: z.int(),
});

/** How far a file was read. */
export type SourceCursor = z.infer<typeof cursorSchema>;

const HEAD_BYTES = 4_096;

/** The key under which a file's cursor is kept. */
export function cursorKey(path: string): string {
  return `sources/${sha256(Buffer.from(resolve(path))).slice(0, 32)}.json`;
}

/**
 * The cursor of the open file: the stored one when it belongs to this file, which may have grown since; otherwise one
 * at the beginning. A stored cursor that cannot be read counts as none, since the ledger drops what comes again.
 */
export async function loadCursor(
  store: ObjectStore,
  { path, file, format, now }: { path: string; file: FileHandle; format: SourceCursor['format']; now: Date },
): Promise<SourceCursor> {
  const stored = await readCursor(store, cursorKey(path));
  if (stored !== undefined && (await headHash(file, stored.head.sizeBytes)) === stored.head.sha256) return stored;
  const sizeBytes = Math.min(HEAD_BYTES, (await file.stat()).size);
  const head = { sizeBytes, sha256: await headHash(file, sizeBytes) };
  const stem = basename(path)
    .replace(/[^A-Za-z0-9._-]/g, '_')
    .slice(0, 80);
  return {
    v: 1,
    // Another file of the same name must have other ids, or its tweets would be taken for repeats.
    name: `${stem}-${head.sha256.slice(0, 8)}`,
    format,
    head,
    firstSeenAt: now.toISOString(),
    offsetBytes: 0,
    nextLine: 1,
    tweets: 0,
    rejected: 0,
  };
}

/** Keeps the cursor, whole or not at all. */
export async function saveCursor(store: ObjectStore, path: string, cursor: SourceCursor): Promise<void> {
  await store.put(cursorKey(path), Buffer.from(`${JSON.stringify(cursor)}\n`));
}

async function readCursor(store: ObjectStore, key: string): Promise<SourceCursor | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  try {
    return cursorSchema.safeParse(JSON.parse(Buffer.from(object.body).toString('utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

async function headHash(file: FileHandle, sizeBytes: number): Promise<string> {
  const head = Buffer.alloc(sizeBytes);
  const { bytesRead } = await file.read(head, 0, sizeBytes, 0);
  return sha256(head.subarray(0, bytesRead));
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
