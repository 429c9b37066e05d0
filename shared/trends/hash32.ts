/**
 * A well mixed 32-bit hash of a string: FNV-1a over its UTF-16 units, then the finaliser of MurmurHash3, without which
 * the high bits of short strings are far from uniform (https://github.com/aappleby/smhasher, MurmurHash3.cpp, fmix32).
 */
export function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
