/** Lines of a stream with their ends. */
export interface LineChunk {
  readonly bytes: Uint8Array;
  /** The number of its first line, from 1. */
  readonly firstLine: number;
}

export interface LineChunkLimits {
  readonly maxLines: number;
  /** Of a longer line only this and one byte more comes through, so that it can be told and need not be kept. */
  readonly maxLineBytes: number;
}

const LF = 0x0a;
const NOTHING = new Uint8Array(0);

/**
 * The lines of a stream, as soon as they are whole: what comes slowly is passed on line by line, what comes fast in
 * chunks of up to `maxLines`. Memory does not grow with the stream. The last line needs no end.
 */
export async function* lineChunks(
  source: AsyncIterable<Uint8Array>,
  { maxLines, maxLineBytes }: LineChunkLimits,
): AsyncGenerator<LineChunk> {
  let rest: Uint8Array = NOTHING;
  let firstLine = 1;
  let skipping = false;
  for await (let bytes of source) {
    if (skipping) {
      const end = bytes.indexOf(LF);
      if (end === -1) continue;
      bytes = bytes.subarray(end + 1);
      skipping = false;
    }
    bytes = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    let start = 0;
    for (const { end, lines } of wholeLines(bytes, maxLines)) {
      yield { bytes: bytes.subarray(start, end), firstLine };
      firstLine += lines;
      start = end;
    }
    rest = bytes.subarray(start);
    if (rest.length > maxLineBytes) {
      yield { bytes: rest.subarray(0, maxLineBytes + 1), firstLine };
      firstLine += 1;
      rest = NOTHING;
      skipping = true;
    }
  }
  if (rest.length > 0) yield { bytes: rest, firstLine };
}

/** Where each run of up to `maxLines` whole lines ends, and how many it has. */
function* wholeLines(bytes: Uint8Array, maxLines: number): Generator<{ readonly end: number; readonly lines: number }> {
  let lines = 0;
  let end = 0;
  for (let found = bytes.indexOf(LF); found !== -1; found = bytes.indexOf(LF, end)) {
    end = found + 1;
    lines += 1;
    if (lines < maxLines) continue;
    yield { end, lines };
    lines = 0;
  }
  if (lines > 0) yield { end, lines };
}
