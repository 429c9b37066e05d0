/** A line without its end (`\n` or `\r\n`). */
export interface SplitLine {
  /** Its first bytes when it is too long. */
  readonly bytes: Uint8Array;
  readonly sizeBytes: number;
}

/** Cuts bytes that come in any pieces into lines. A character may be cut in two between pieces, a line may not be whole. */
export interface LineSplitter {
  /** The lines that these bytes complete. */
  push(bytes: Uint8Array): readonly SplitLine[];
  /** What came of the line that has no end yet. */
  rest(): SplitLine;
}

const LF = 0x0a;
const CR = 0x0d;
const FIRST_CAPACITY = 4_096;

/** Keeps at most `maxBytes` of a line, however long it is, and passes over the rest of it. */
export function createLineSplitter(maxBytes: number): LineSplitter {
  let kept = Buffer.allocUnsafe(FIRST_CAPACITY);
  let keptBytes = 0;
  let sizeBytes = 0;

  const keep = (part: Uint8Array): void => {
    const taken = part.subarray(0, maxBytes - keptBytes);
    if (keptBytes + taken.length > kept.length) {
      const larger = Buffer.allocUnsafe(Math.max(2 * kept.length, keptBytes + taken.length));
      kept.copy(larger, 0, 0, keptBytes);
      kept = larger;
    }
    kept.set(taken, keptBytes);
    keptBytes += taken.length;
    sizeBytes += part.length;
  };
  const open = (): SplitLine => {
    const hasReturn = sizeBytes === keptBytes && keptBytes > 0 && kept[keptBytes - 1] === CR;
    const end = hasReturn ? keptBytes - 1 : keptBytes;
    return { bytes: Buffer.from(kept.subarray(0, end)), sizeBytes: hasReturn ? sizeBytes - 1 : sizeBytes };
  };
  return {
    push: (bytes) => {
      const lines: SplitLine[] = [];
      let start = 0;
      for (let found = bytes.indexOf(LF); found !== -1; found = bytes.indexOf(LF, start)) {
        keep(bytes.subarray(start, found));
        lines.push(open());
        keptBytes = 0;
        sizeBytes = 0;
        start = found + 1;
      }
      keep(bytes.subarray(start));
      return lines;
    },
    rest: open,
  };
}
