import { open } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { unreadable } from '../shared/corpus/text-file.ts';

/** What a verb reads: a file or standard input. */
export interface TextInput {
  /** Short, for ids and reasons: `stdin`, or the file's name. */
  readonly name: string;
  /**
   * The bytes; ends early, without an error, when the signal aborts or the input is closed.
   *
   * @throws {E_FILE_UNREADABLE} when reading fails
   */
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Stops reading, so that an idle input does not keep the process alive. */
  close(): void;
}

/** Some 2,000 tweets: larger reads gain nothing. */
const CHUNK_BYTES = 256 * 1024;

/** @throws {E_FILE_UNREADABLE} when there is no such file, or it is a folder */
export async function openTextInput(path: string | undefined, signal: AbortSignal): Promise<TextInput> {
  const name = path === undefined ? 'stdin' : basename(path);
  const stream: Readable = path === undefined ? process.stdin : await openFile(path);
  let closed = false;
  const close = (): void => {
    closed = true;
    stream.destroy();
  };
  if (signal.aborted) close();
  signal.addEventListener('abort', close, { once: true });
  return { name, chunks: read(stream, path ?? name, () => closed), close };
}

async function openFile(path: string): Promise<Readable> {
  try {
    const file = await open(path, 'r');
    const stream = file.createReadStream({ highWaterMark: CHUNK_BYTES });
    if ((await file.stat()).isDirectory()) {
      stream.destroy();
      throw Object.assign(new Error('a folder'), { code: 'EISDIR' });
    }
    return stream;
  } catch (error) {
    throw unreadable(path, error);
  }
}

async function* read(stream: Readable, path: string, closed: () => boolean): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of stream) yield chunk as Uint8Array;
  } catch (error) {
    // A stream that is destroyed under its reader says so by an error.
    if (!closed()) throw unreadable(path, error);
  }
}
