import type { ObjectInfo, ObjectStore } from '../../shared/store/object-store.ts';
import { unreadable } from './plain-bytes.ts';

/** A file of tweets that a run tags. */
export interface BackfillInput {
  /** The same whenever the run is tried again; stands in ids of plain text, in reasons and in quarantine. */
  readonly name: string;
  /** Another one when the bytes are others. */
  readonly version: string;
  /** The bytes from the beginning. */
  chunks(): AsyncIterable<Uint8Array>;
}

/** One request a piece: larger ones gain nothing, and two are in memory at most. */
const PIECE_BYTES = 8 * 1024 * 1024;

/** An object as an input; `prefix` is left out of its name. One that is there no more cannot be read. */
export function storeInput(store: ObjectStore, { key, sizeBytes, etag }: ObjectInfo, prefix: string): BackfillInput {
  const name = key.slice(prefix.length);
  return {
    name,
    version: etag,
    chunks: async function* () {
      for (let start = 0; start < sizeBytes; start += PIECE_BYTES) {
        const piece = await store.get(key, { start, end: start + PIECE_BYTES });
        if (piece?.etag !== etag) throw unreadable(name, 'was removed or written again while it was read');
        yield piece.body;
      }
    },
  };
}
