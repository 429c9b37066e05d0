import { createHash } from 'node:crypto';

/** An id's stem and its number: the longest run of digits at the end that `String(number)` gives back and 64 bits hold. */
const NUMBERED = /^(.*?)(0|[1-9][0-9]{0,18})$/s;

/**
 * The ledger's key of an id, 8 to 24 bytes: a 16-byte hash of what precedes the number at the end (nothing when nothing
 * precedes it), then the number, big-endian.
 *
 * Ids of tweets rise with time, and so do line numbers. Kept in that order, new ids lie on the last pages of the index;
 * hashed as a whole they would touch, and log, a page each. Different ids have different keys as long as SHA-256
 * truncated to 128 bits has no collision.
 */
export function claimKey(id: string): Uint8Array {
  const match = NUMBERED.exec(id);
  if (match === null) return stemHash(id);
  const [, stem, digits] = match as unknown as readonly [string, string, string];
  const head = stem === '' ? new Uint8Array(0) : stemHash(stem);
  const key = Buffer.allocUnsafe(head.length + 8);
  key.set(head);
  key.writeBigUInt64BE(BigInt(digits), head.length);
  return key;
}

function stemHash(stem: string): Uint8Array {
  return createHash('sha256').update(stem).digest().subarray(0, 16);
}
