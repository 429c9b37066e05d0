import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream, realpathSync, statSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Writable } from 'node:stream';
import { NerError } from '../shared/ner-error.ts';
import { flushFolder } from '../shared/store/durable-file.ts';

/** Where a verb's data goes: a file or standard output. */
export interface TextOutput {
  /** Aborts when nobody reads any more, as after `| head`. */
  readonly readerGone: AbortSignal;
  /** Resolves when more may be written. Does nothing once the reader has gone. */
  write(text: string): Promise<void>;
  /** Resolves when all that was written is where it belongs. */
  finish(): Promise<void>;
  /** Takes back what can be taken back: all of a file, nothing of a stream. After `finish` it does nothing. */
  discard(): Promise<void>;
}

/**
 * Opens a file, which takes its name whole or not at all, or standard output when there is no path.
 *
 * @throws {E_FILE_UNWRITABLE} when it cannot be made; from the output's methods, when it cannot be written
 */
export async function openTextOutput(path: string | undefined): Promise<TextOutput> {
  if (path === undefined) return streamOutput(process.stdout, 'stdout');
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) throw unwritable(path, new Error('it is a folder'));
  // A device or a named pipe is written to as it is: a file that took its name would end it.
  if (found !== undefined && !found.isFile()) return streamOutput(createWriteStream(path), path);
  return fileOutput(path, found === undefined ? undefined : found.mode & 0o777);
}

/**
 * Writes a verb's data to standard output.
 *
 * @throws {E_FILE_UNWRITABLE} when it cannot be written; not when its reader has gone
 */
export async function print(text: string): Promise<void> {
  const output = streamOutput(process.stdout, 'stdout');
  await output.write(text);
  await output.finish();
}

function streamOutput(stream: Writable, name: string): TextOutput {
  const gone = new AbortController();
  let failure: unknown;
  // The stream itself does not keep its error: Node makes standard output usable again after each.
  const note = (error: NodeJS.ErrnoException | null | undefined): void => {
    if (error === null || error === undefined || gone.signal.aborted) return;
    if (error.code !== 'EPIPE') failure = error;
    gone.abort();
  };
  stream.on('error', note);
  const check = (): void => {
    if (failure !== undefined) throw unwritable(name, failure);
  };
  return {
    readerGone: gone.signal,
    write: async (text) => {
      if (!gone.signal.aborted && !stream.write(text)) await drained(stream, gone.signal);
      check();
    },
    finish: async () => {
      await new Promise<void>((resolve) => {
        const done = (error?: Error | null): void => {
          note(error);
          resolve();
        };
        // Standard output cannot be ended; what was written before is through when this is.
        if (stream === process.stdout) stream.write('', done);
        else stream.end(done);
      });
      check();
    },
    discard: async () => undefined,
  };
}

async function drained(stream: Writable, gone: AbortSignal): Promise<void> {
  try {
    await once(stream, 'drain', { signal: gone });
  } catch (error) {
    if (!gone.aborted) throw error;
  }
}

async function fileOutput(path: string, mode: number | undefined): Promise<TextOutput> {
  // A link stays a link to the same file.
  const target = mode === undefined ? path : realpathSync(path);
  const partial = join(dirname(target), `.${basename(target)}.${randomUUID()}.partial`);
  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw unwritable(path, error);
    }
  };
  const file = await guarded(() => open(partial, 'wx', mode));
  return {
    readerGone: new AbortController().signal,
    write: (text) => guarded(() => file.writeFile(text)),
    finish: () =>
      guarded(async () => {
        await file.sync();
        await file.close();
        await rename(partial, target);
        flushFolder(dirname(target));
      }),
    discard: async () => {
      await file.close();
      await rm(partial, { force: true });
    },
  };
}

function unwritable(path: string, error: unknown): NerError {
  const reason = error instanceof Error ? error.message : String(error);
  return new NerError(
    'E_FILE_UNWRITABLE',
    `${path}: cannot be written: ${reason}. Is there room, and may you write there?`,
    {
      cause: error,
    },
  );
}
