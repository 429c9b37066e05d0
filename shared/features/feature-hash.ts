const encoder = new TextEncoder();
const scratch = new Uint8Array(4096);

/**
 * FNV-1a, 32 bits, over the UTF-8 bytes of `kind|text` (http://www.isthe.com/chongo/tech/comp/fnv/), with the high
 * bits folded in because tables use the low ones.
 *
 * @returns a bucket in [0, buckets)
 */
export function featureBucket(kind: string, text: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < kind.length; i++) hash = Math.imul(hash ^ kind.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ 0x7c, 0x01000193);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit > 0x7f) return fold(hashBytes(hash, text, i), buckets);
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return fold(hash, buckets);
}

/** Goes on over the rest of a text that is not ASCII; 4 KiB are far more than any word that means something. */
function hashBytes(hash: number, text: string, from: number): number {
  const { written } = encoder.encodeInto(text.slice(from), scratch);
  let next = hash;
  for (let i = 0; i < written; i++) next = Math.imul(next ^ scratch[i]!, 0x01000193);
  return next;
}

function fold(hash: number, buckets: number): number {
  const unsigned = hash >>> 0;
  return ((unsigned ^ (unsigned >>> 15)) >>> 0) % buckets;
}
