import { LINE_MAX_BYTES } from '../../shared/contracts/limits.ts';
import { lineChunks } from '../../shared/stream/line-chunks.ts';
import { detectFormat, type ParsedTweets, parseTweets } from '../../shared/stream/parse-tweets.ts';
import { splitLines } from '../../shared/stream/split-lines.ts';
import type { BackfillInput } from './backfill-input.ts';
import { plainBytes, unreadable } from './plain-bytes.ts';

/** A part of an input, in its order. Where it begins and ends follows from the input's bytes alone. */
export interface InputPart {
  readonly index: number;
  /** @throws {E_TWEET_MALFORMED} when a JSON array is none */
  parse(): ParsedTweets;
}

export interface PartLimits {
  readonly lines: number;
  readonly bytes: number;
  /** An array has to be read as a whole. */
  readonly arrayBytes: number;
}

/** Some ten seconds of work for a core: so much is done again after a crash. */
export const PART_LIMITS: PartLimits = { lines: 32_768, bytes: 16 * 1024 * 1024, arrayBytes: 64 * 1024 * 1024 };

const HEAD_BYTES = 4_096;

/** The parts of an input. Nothing is parsed until it is asked for, so that parts that are done cost next to nothing. */
export async function* inputParts(input: BackfillInput, limits: PartLimits = PART_LIMITS): AsyncGenerator<InputPart> {
  const { head, all } = await peek(plainBytes(input));
  const { name } = input;
  const format = detectFormat(head);
  if (format === 'json') {
    const bytes = await whole(name, all, limits.arrayBytes);
    yield { index: 0, parse: () => parseTweets(bytes, { name, format }) };
    return;
  }
  let index = 0;
  for await (const { bytes, firstLine } of lineParts(all, limits)) {
    yield { index, parse: () => parseTweets(bytes, { name, format, firstLine }) };
    index += 1;
  }
}

async function peek(
  chunks: AsyncGenerator<Uint8Array>,
): Promise<{ readonly head: Uint8Array; readonly all: AsyncGenerator<Uint8Array> }> {
  const read: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD_BYTES) {
    const next = await chunks.next();
    if (next.done === true) break;
    read.push(next.value);
    length += next.value.length;
  }
  const all = async function* (): AsyncGenerator<Uint8Array> {
    yield* read;
    yield* chunks;
  };
  return { head: Buffer.concat(read).subarray(0, HEAD_BYTES), all: all() };
}

async function whole(name: string, chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const read: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    read.push(chunk);
    length += chunk.length;
    if (length > maxBytes) throw unreadable(name, `a JSON array of more than ${maxBytes} bytes (try jq -c '.[]')`);
  }
  return Buffer.concat(read);
}

interface LinePart {
  readonly bytes: Uint8Array;
  readonly firstLine: number;
}

const LF = Buffer.from('\n');

async function* lineParts(chunks: AsyncIterable<Uint8Array>, limits: PartLimits): AsyncGenerator<LinePart> {
  let lines: Uint8Array[] = [];
  let bytes = 0;
  let firstLine = 1;
  for await (const chunk of lineChunks(chunks, { maxLines: limits.lines, maxLineBytes: LINE_MAX_BYTES })) {
    for (const line of splitLines(chunk.bytes, chunk.firstLine)) {
      if (lines.length >= 2 * limits.lines || bytes >= limits.bytes) {
        yield { bytes: Buffer.concat(lines), firstLine };
        [lines, bytes, firstLine] = [[], 0, line.number];
      }
      // What the stream's buffer holds is gone with the next chunk.
      lines.push(Uint8Array.from(line.bytes), LF);
      bytes += line.bytes.length + LF.length;
    }
  }
  if (lines.length > 0) yield { bytes: Buffer.concat(lines), firstLine };
}
