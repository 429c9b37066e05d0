import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { NerError } from '../../shared/ner-error.ts';
import type { BackfillInput } from './backfill-input.ts';

/** Tweets as JSON shrink to a tenth; gzip itself can do a thousand, which only a bomb does. */
const MAX_EXPANSION = 200;
/** So much comes through whatever it was made of. */
const FREE_BYTES = 1024 * 1024;

const GZIP = [0x1f, 0x8b] as const;

/**
 * The bytes of an input; gzip is told by its first two bytes, not by the name, and unpacked on the way.
 *
 * @throws {E_BACKFILL_INPUT} damaged gzip, or far more in it than tweets can be
 */
export async function* plainBytes(input: BackfillInput): AsyncGenerator<Uint8Array> {
  const source = input.chunks()[Symbol.asyncIterator]();
  const first = await source.next();
  if (first.done === true) return;
  const all = rejoined(first.value, source);
  if (GZIP.every((byte, i) => first.value[i] === byte)) yield* unpacked(input.name, all);
  else yield* all;
}

async function* rejoined(first: Uint8Array, rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

async function* unpacked(name: string, packed: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let packedBytes = 0;
  let plain = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of packed) {
      packedBytes += chunk.length;
      yield chunk;
    }
  };
  const gunzip = createGunzip();
  const done = pipeline(Readable.from(counted()), gunzip);
  // Whoever reads hears of the failure as well.
  done.catch(() => undefined);
  try {
    for await (const chunk of gunzip as AsyncIterable<Uint8Array>) {
      plain += chunk.length;
      if (plain > FREE_BYTES + MAX_EXPANSION * packedBytes) {
        throw unreadable(name, `unpacks to more than ${MAX_EXPANSION} times its size`);
      }
      yield chunk;
    }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    if (code.startsWith('Z_')) throw unreadable(name, `the gzip is damaged (${code})`, error);
    throw error;
  }
}

/** The error of an input that cannot be read, whoever tries. */
export function unreadable(name: string, what: string, cause?: unknown): NerError {
  return new NerError(
    'E_BACKFILL_INPUT',
    `${name}: backfill: ${what}; expected NDJSON, a JSON array or one text a line, plain or gzip. Mend the file and start a run for it.`,
    { cause },
  );
}
