/** One line's bytes without its end (`\n` or `\r\n`), and its number. */
export interface Line {
  readonly bytes: Uint8Array;
  readonly number: number;
}

const LF = 0x0a;
const CR = 0x0d;
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf] as const;

/** The lines of `bytes`, numbered from `firstLine`. A byte-order mark is dropped where line 1 begins with one. */
export function* splitLines(bytes: Uint8Array, firstLine = 1): Generator<Line> {
  let start = firstLine === 1 && BYTE_ORDER_MARK.every((byte, i) => bytes[i] === byte) ? 3 : 0;
  for (let number = firstLine; start < bytes.length; number++) {
    const found = bytes.indexOf(LF, start);
    const next = found === -1 ? bytes.length : found;
    const end = found !== -1 && next > start && bytes[next - 1] === CR ? next - 1 : next;
    yield { bytes: bytes.subarray(start, end), number };
    start = next + 1;
  }
}
