import { createHash, type Hash } from 'node:crypto';
import { createReadStream, mkdirSync, renameSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NerError } from '../../../shared/ner-error.ts';
import { sizeOf, unwritable } from './cache-layout.ts';
import { unreachable, type HubRequest } from './hub-fetch.ts';

/** A file of the hub and what it has to be. */
export interface HubFile {
  readonly name: string;
  readonly size: number;
  /** SHA-256 of the content for files in large-file storage; for others Git's hash of a blob, which is SHA-1. */
  readonly hash: { readonly algorithm: 'sha256' | 'git'; readonly hex: string };
}

export interface DownloadOptions {
  readonly request: HubRequest;
  readonly fetch: typeof fetch;
  /** Tries in a row that bring no byte. */
  readonly attempts: number;
  /** Waited before the second try; twice as long before the next. */
  readonly retryMs: number;
  /** Told how much of the file is there. */
  readonly onBytes: (done: number) => void;
}

/**
 * Downloads a file to `path`: to `path`.incomplete first, which a broken connection or a later call goes on from, and into
 * place when size and hash are right. The hub's library neither resumes nor verifies (downloadFileToCacheDir of 2.17.5
 * writes from the start and renames what came). The caller holds the lock.
 *
 * @throws {E_HUB_UNREACHABLE} after so many tries in a row without a byte; what came is kept
 * @throws {E_HUB_CORRUPT} when the bytes are not those that the hub announced; they are thrown away
 * @throws {E_FILE_UNWRITABLE} when the disk is full, or may not be written; what came is kept
 */
export async function downloadFile(url: string, file: HubFile, path: string, options: DownloadOptions): Promise<void> {
  const { request, attempts, retryMs } = options;
  const partial = `${path}.incomplete`;
  mkdirSync(dirname(path), { recursive: true });
  if ((sizeOf(partial) ?? 0) > file.size) rmSync(partial);
  for (let failures = 0; (sizeOf(partial) ?? -1) < file.size;) {
    const before = sizeOf(partial) ?? 0;
    try {
      await appendRest(url, { partial, size: file.size }, options);
    } catch (error) {
      request.signal?.throwIfAborted();
      if (error instanceof NerError && error.code !== 'E_HUB_UNREACHABLE') throw error;
      failures = (sizeOf(partial) ?? 0) > before ? 1 : failures + 1;
      if (failures >= attempts) throw error instanceof NerError ? error : unreachable(request, error);
      await wait(retryMs * 2 ** (failures - 1), undefined, { signal: request.signal });
    }
  }
  const found = await hashOf(partial, file);
  if (found !== file.hash.hex || sizeOf(partial) !== file.size) {
    rmSync(partial);
    throw new NerError(
      'E_HUB_CORRUPT',
      `${request.id}/${file.name}: the download is not the file that the hub announced, got the hash ${found}; ` +
        `expected ${file.hash.hex}. It was thrown away: try again, without a proxy that changes files.`,
    );
  }
  renameSync(partial, path);
}

async function appendRest(
  url: string,
  { partial, size }: { readonly partial: string; readonly size: number },
  { request, fetch: ask, onBytes }: DownloadOptions,
): Promise<void> {
  const output = await openPartial(partial);
  const stalled = new AbortController();
  const timer = setTimeout(() => {
    stalled.abort(new Error(`nothing came for ${request.stallMs} ms`));
  }, request.stallMs);
  try {
    let done = (await output.stat()).size;
    // A range of compressed bytes would be no part of the file.
    const headers = { 'accept-encoding': 'identity', ...(done > 0 ? { range: `bytes=${done}-` } : {}) };
    const response = await ask(url, { headers, signal: stalled.signal });
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    // A server that knows no ranges sends all of it again.
    if (done > 0 && response.status !== 206) {
      await output.truncate(0);
      done = 0;
    }
    for await (const chunk of (response.body ?? []) as AsyncIterable<Uint8Array>) {
      timer.refresh();
      await writeAt(output, { chunk, position: done, path: partial });
      done += chunk.length;
      onBytes(done);
      if (done > size) return;
    }
    if (done < size) throw new Error(`the connection ended after ${done} of ${size} bytes`);
    await output.sync();
  } catch (error) {
    throw stalled.signal.aborted && !(error instanceof NerError) ? stalled.signal.reason : error;
  } finally {
    clearTimeout(timer);
    await output.close();
  }
}

async function openPartial(path: string): Promise<FileHandle> {
  try {
    // Made when it is not there, kept when it is; `a` would not let us write from the start again.
    return await open(path, (sizeOf(path) ?? -1) < 0 ? 'wx' : 'r+');
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function writeAt(
  output: FileHandle,
  { chunk, position, path }: { readonly chunk: Uint8Array; readonly position: number; readonly path: string },
): Promise<void> {
  try {
    for (let done = 0; done < chunk.length;) {
      done += (await output.write(chunk, done, chunk.length - done, position + done)).bytesWritten;
    }
  } catch (error) {
    throw unwritable(path, error);
  }
}

async function hashOf(path: string, { hash, size }: HubFile): Promise<string> {
  const found: Hash = createHash(hash.algorithm === 'git' ? 'sha1' : 'sha256');
  if (hash.algorithm === 'git') found.update(`blob ${size}\0`);
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) found.update(chunk as Buffer);
  return found.digest('hex');
}
