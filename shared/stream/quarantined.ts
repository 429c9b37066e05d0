import { createHash } from 'node:crypto';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { QuarantineEntry } from './quarantine.ts';

/** Which entries are meant; all of them where nothing is said. */
export interface QuarantineFilter {
  readonly code?: string;
  /** Those that came in then or later. */
  readonly since?: Date;
}

/** An object of the quarantine as it was read. */
export interface QuarantineObject {
  readonly key: string;
  readonly etag: string;
  readonly entries: readonly QuarantineEntry[];
}

/** Every object of the quarantine, oldest day first. @throws E_RESULT_DAMAGED for one that is not as it was written. */
export async function* readQuarantine(store: ObjectStore): AsyncIterable<QuarantineObject> {
  for await (const key of store.keys('quarantine/')) {
    const object = await store.get(key);
    // Replayed by another process meanwhile.
    if (object === undefined) continue;
    const lines = Buffer.from(object.body).toString('utf8').trimEnd().split('\n');
    yield { key, etag: object.etag, entries: lines.map((line, i) => readEntry(line, `${key}:${i + 1}`)) };
  }
}

export function matchesFilter({ code, at }: QuarantineEntry, filter: QuarantineFilter): boolean {
  return (
    (filter.code === undefined || code === filter.code) && (filter.since === undefined || new Date(at) >= filter.since)
  );
}

/**
 * Takes entries that were replayed out of the quarantine, and keeps them under `replayed/`, so that nothing is ever gone
 * from the store. Killed in between, an entry is in both, and replaying it again changes nothing.
 */
export async function settleReplayed(
  store: ObjectStore,
  object: QuarantineObject,
  replayed: readonly QuarantineEntry[],
): Promise<void> {
  if (replayed.length === 0) return;
  const gone = new Set(replayed.map(({ key }) => key));
  const hash = createHash('sha256')
    .update([...gone].join('\n'))
    .digest('hex')
    .slice(0, 32);
  const day = object.key.split('/')[1]!;
  await store.put(`replayed/${day}/${hash}.ndjson`, ndjson(replayed));
  const rest = object.entries.filter(({ key }) => !gone.has(key));
  if (rest.length === 0) await store.delete(object.key);
  else await store.put(object.key, ndjson(rest), { ifMatch: object.etag });
}

function readEntry(line: string, where: string): QuarantineEntry {
  try {
    return JSON.parse(line) as QuarantineEntry;
  } catch (cause) {
    throw new NerError(
      'E_RESULT_DAMAGED',
      `${where}: quarantine: the line is no entry; expected whole entries. The disk or another program changed the file: ` +
        'restore it from a backup, or remove the line to keep the others.',
      { cause },
    );
  }
}

function ndjson(entries: readonly QuarantineEntry[]): Uint8Array {
  return Buffer.from(entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
}
