import type { Rng } from '../../shared/random.ts';

/** Bytes that parsers stumble over: ends, quotes, escapes, halves of characters, marks, controls. */
const TROUBLE = [
  '\n',
  '\r\n',
  '"',
  '\\',
  '\\u0000',
  '\\ud800',
  '\\udfff\\ud800',
  '\\uFFFE',
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  'null',
  '1e999',
  '-0',
  '__proto__',
  '\u0000',
  '\u202e\u2066',
  '\ufffe',
  '\ufeff',
  'e\u0301\u0301\u0301',
  '😀',
].map((text) => Buffer.from(text));
const LONE_BYTES = [0x80, 0xc0, 0xe2, 0xf0, 0xff].map((byte) => Buffer.of(byte));

/** The bytes with one to four changes: flipped, cut out, doubled, cut off, or with trouble put in. */
export function mutateBytes(bytes: Uint8Array, rng: Rng): Uint8Array {
  let changed = Buffer.from(bytes);
  for (let changes = 1 + rng.int(4); changes > 0; changes--) changed = mutateOnce(changed, rng);
  return changed;
}

function mutateOnce(bytes: Buffer<ArrayBuffer>, rng: Rng): Buffer<ArrayBuffer> {
  const at = rng.int(bytes.length + 1);
  const to = Math.min(bytes.length, at + rng.int(8));
  switch (rng.int(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < bytes.length) flipped[at] = flipped[at]! ^ (1 << rng.int(8));
      return flipped;
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(to)]);
    case 2:
      return Buffer.concat([bytes.subarray(0, to), bytes.subarray(at)]);
    case 3:
      return rng.int(4) === 0 ? Buffer.from(bytes.subarray(0, at)) : bytes;
    case 4:
      return Buffer.concat([bytes.subarray(0, at), LONE_BYTES[rng.int(LONE_BYTES.length)]!, bytes.subarray(at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), TROUBLE[rng.int(TROUBLE.length)]!, bytes.subarray(at)]);
  }
}
