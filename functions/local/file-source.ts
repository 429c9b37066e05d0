import { type FileHandle, open } from 'node:fs/promises';
import { LINE_MAX_BYTES } from '../../shared/contracts/limits.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { packTweets } from '../../shared/stream/packer.ts';
import { detectFormat, parseTweets } from '../../shared/stream/parse-tweets.ts';
import { quarantine, type QuarantineItem } from '../../shared/stream/quarantine.ts';
import { type LineBatch, readLineBatch } from './line-batches.ts';
import { loadCursor, saveCursor, type SourceCursor } from './source-cursor.ts';
import { wait } from './wait.ts';

export interface FileSourceOptions {
  readonly path: string;
  readonly store: ObjectStore;
  readonly queue: Queue;
  readonly clock: () => Date;
  /** Recognised from the first line when left out. */
  readonly format?: 'ndjson' | 'text';
  /** Messages in the queue above which the source waits. */
  readonly maxDepth?: number;
  /** Tweets a second at most; as fast as the queue takes them when left out. */
  readonly tweetsPerSecond?: number;
  /** Bytes of the file read, and so sent, at a time. */
  readonly batchBytes?: number;
  /** Told after each batch that the queue has accepted. Must not throw. */
  readonly onProgress?: (progress: FileSourceProgress) => void;
  /** Told of each batch: tweets sent, lines rejected. Must not throw. */
  readonly onSent?: (tweets: number, rejected: number) => void;
}

export interface FileSourceProgress {
  /** Of the whole file, runs before this one included. */
  readonly tweets: number;
  readonly rejected: number;
  readonly offsetBytes: number;
  /** The end of the file was reached. */
  readonly done: boolean;
}

/** A quarter of a second's tweets at a time, so that a limited rate looks even. */
const RATE_STEP_SECONDS = 0.25;
const DEPTH_POLL_MS = 20;

/**
 * Sends a file's tweets to the queue and resolves at its end or at the signal, having told how far it came. A later
 * call goes on where this one, or a process that was killed, left off: what was sent and not yet noted is sent again,
 * and the tagger's ledger drops it. A file that has grown is read on from its old end, so its last line should have
 * been whole.
 *
 * @throws E_FILE_UNREADABLE when the file is not there; E_TWEET_MALFORMED when it is one JSON array.
 */
export async function runFileSource(options: FileSourceOptions, signal: AbortSignal): Promise<FileSourceProgress> {
  const file = await openSource(options.path);
  try {
    const format = options.format ?? (await sniffFormat(file, options.path));
    const { path, store } = options;
    let cursor = await loadCursor(store, { path, file, format, now: options.clock() });
    const limits = batchLimits(options);
    const pace = createPace(options);
    const running = (): boolean => !signal.aborted;
    while (running()) {
      const batch = await readLineBatch(file, cursor.offsetBytes, limits);
      if (batch === undefined) return report(options, cursor, true);
      await waitForRoom(options, signal);
      await pace(batch.lineCount, signal);
      if (!running()) break;
      cursor = await sendBatch(options, cursor, batch);
      report(options, cursor, false);
    }
    return report(options, cursor, false);
  } finally {
    await file.close();
  }
}

async function sendBatch(options: FileSourceOptions, cursor: SourceCursor, batch: LineBatch): Promise<SourceCursor> {
  const { store, queue, clock, path } = options;
  const { name, format, nextLine } = cursor;
  const { tweets, rejected } = parseTweets(batch.bytes, { name, format, firstLine: nextLine });
  const { messages, tooLarge } = packTweets(tweets, { receivedAt: clock() });
  const bad: QuarantineItem[] = rejected.map((line) => ({ source: name, ...line }));
  for (const { tweet, error } of tooLarge) {
    bad.push({ source: name, code: error.code, reason: error.message, raw: JSON.stringify(tweet) });
  }
  // In this order: whatever a crash leaves undone, the cursor has not moved past it.
  await quarantine(store, bad, new Date(cursor.firstSeenAt));
  await queue.send(messages.map((message) => message.body));
  const moved = {
    ...cursor,
    offsetBytes: batch.endOffset,
    nextLine: nextLine + batch.lineCount,
    tweets: cursor.tweets + tweets.length - tooLarge.length,
    rejected: cursor.rejected + bad.length,
  };
  await saveCursor(store, path, moved);
  options.onSent?.(tweets.length - tooLarge.length, bad.length);
  return moved;
}

function report({ onProgress }: FileSourceOptions, cursor: SourceCursor, done: boolean): FileSourceProgress {
  const { tweets, rejected, offsetBytes } = cursor;
  const progress = { tweets, rejected, offsetBytes, done };
  onProgress?.(progress);
  return progress;
}

function batchLimits({ batchBytes = 256 * 1_024, tweetsPerSecond }: FileSourceOptions): {
  readonly maxBytes: number;
  readonly maxLines: number;
} {
  const maxLines = tweetsPerSecond === undefined ? Infinity : Math.ceil(tweetsPerSecond * RATE_STEP_SECONDS);
  return { maxBytes: Math.max(batchBytes, 2 * LINE_MAX_BYTES), maxLines: Math.max(1, maxLines) };
}

/** Waits until the next `count` tweets are due. */
function createPace({ tweetsPerSecond, clock }: FileSourceOptions) {
  let dueMs = clock().getTime();
  return async (count: number, signal: AbortSignal): Promise<void> => {
    if (tweetsPerSecond === undefined) return;
    const now = clock().getTime();
    await wait(dueMs - now, signal);
    // Time lost to a full queue is not made up for.
    dueMs = Math.max(dueMs, now) + (1_000 * count) / tweetsPerSecond;
  };
}

async function waitForRoom({ queue, maxDepth = 64 }: FileSourceOptions, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const { ready, inFlight } = await queue.depth();
    if (ready + inFlight < maxDepth) return;
    await wait(DEPTH_POLL_MS, signal);
  }
}

async function sniffFormat(file: FileHandle, path: string): Promise<'ndjson' | 'text'> {
  const head = Buffer.alloc(4_096);
  const { bytesRead } = await file.read(head, 0, head.length, 0);
  const format = detectFormat(head.subarray(0, bytesRead));
  if (format !== 'json') return format;
  throw new NerError(
    'E_TWEET_MALFORMED',
    `${path}:1: tweets: got one JSON array; expected one object a line. Convert it: jq -c '.[]' FILE.`,
  );
}

async function openSource(path: string): Promise<FileHandle> {
  let file: FileHandle | undefined;
  try {
    file = await open(path, 'r');
    // A folder opens, but cannot be read.
    await file.read(Buffer.alloc(1), 0, 1, 0);
    return file;
  } catch (error) {
    await file?.close();
    const detail = error instanceof Error ? error.message : String(error);
    throw new NerError('E_FILE_UNREADABLE', `tweets: ${path} cannot be read, got '${detail}'; expected a text file.`, {
      cause: error,
    });
  }
}
