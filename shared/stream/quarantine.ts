import { createHash } from 'node:crypto';
import { type ErrorCode, NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** Something that could not be tagged, and why. */
export interface QuarantineItem {
  /** Where it came from: a file's name, `http`, `queue`, `tagger`. */
  readonly source: string;
  readonly line?: number;
  readonly code: ErrorCode;
  readonly reason: string;
  /** What came in; the JSON of the tweet where it was one. */
  readonly raw: string;
  readonly encoding?: 'base64';
  /** Of a tweet that could not be tagged: the key of the object that its record would have been in. */
  readonly result?: string;
}

/** A line of a quarantine object. `key` is the same for the same content at the same place. */
export interface QuarantineEntry extends QuarantineItem {
  readonly key: string;
  /** When it came in, ISO 8601 in UTC. */
  readonly at: string;
}

/**
 * Writes the items as NDJSON to `quarantine/dt=YYYY-MM-DD/<hash>.ndjson` and returns that key, undefined for no items.
 * The key is a hash of the content, so that a replay of the same items on the same `day` writes nothing new. Pass as
 * `day` something that the replay will know too, such as the time of arrival. Reasons do not count in the hash.
 */
export async function quarantine(
  store: ObjectStore,
  items: readonly QuarantineItem[],
  day: Date,
): Promise<string | undefined> {
  if (items.length === 0) return undefined;
  const entries = items.map((item): QuarantineEntry => ({
    key: contentKey(item),
    at: day.toISOString(),
    ...item,
  }));
  const hash = shortHash(entries.map((entry) => entry.key).join('\n'));
  const key = `quarantine/dt=${day.toISOString().slice(0, 10)}/${hash}.ndjson`;
  const body = entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  try {
    await store.put(key, Buffer.from(body), { ifNoneMatch: '*' });
  } catch (error) {
    // Written by an earlier try.
    if (!(error instanceof NerError && error.code === 'E_STORE_CONFLICT')) throw error;
  }
  return key;
}

function contentKey({ source, line, raw, encoding, result }: QuarantineItem): string {
  return shortHash(JSON.stringify([source, line, raw, encoding, ...(result === undefined ? [] : [result])]));
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}
