import type { HostStatus, LiveTweet, TopEntities } from '../../shared/contracts/api.ts';
import type { EventHub, LiveEvent } from './deps.ts';
import type { ApiLimits } from './limits.ts';

/** Calls back again and again; returns the call that ends it. */
export type Every = (callback: () => void, intervalMs: number) => () => void;

/** What the feed is made of. */
export interface LiveFeedOptions {
  readonly events: EventHub;
  readonly status: () => HostStatus;
  readonly limits: ApiLimits;
  readonly every: Every;
}

/** Server-sent events for all readers: each event is written out once, whoever reads it. */
export interface LiveFeed {
  /** A stream for one more reader, or undefined when there are too many. `disconnect` cuts the reader's connection. */
  open(disconnect?: () => void): ReadableStream<Uint8Array> | undefined;
  /** Readers at the moment. */
  readers(): number;
  /** Ends all streams and opens no more. */
  close(): void;
}

interface Reader {
  readonly controller: ReadableStreamDefaultController<Uint8Array>;
  readonly disconnect: (() => void) | undefined;
}

/** Tweets that a new reader sees at once, so that a page never opens empty while tweets flow. */
const BACKLOG = 20;

/** Tweets that wait for their turn; when there are more, newer ones take the place of the oldest. */
const MAX_WAITING = 20;

/** How long a browser waits before it connects again, in milliseconds. */
const RETRY_MS = 1000;

const encoder = new TextEncoder();
const encode = (event: string, data: unknown): Uint8Array =>
  encoder.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
const HEARTBEAT = encoder.encode(': keep-alive\n\n');

/**
 * Feeds readers from the hub. Tweets are sampled: one every `streamIntervalMs`, the freshest of what came in, so that a
 * packed message of a hundred tweets arrives as a flow and thousands a second never flood a page. A reader that lets
 * `streamBufferBytes` pile up is cut off; its browser connects again and goes on from the present.
 */
export function createLiveFeed({ events, status, limits, every }: LiveFeedOptions): LiveFeed {
  const readers = new Set<Reader>();
  const shown: LiveTweet[] = [];
  const waiting: LiveTweet[] = [];
  let top: TopEntities | undefined;
  let closed = false;
  let stopTimers: (() => void) | undefined;

  const remove = (reader: Reader): void => {
    readers.delete(reader);
    if (readers.size > 0) return;
    stopTimers?.();
    stopTimers = undefined;
  };

  const send = (reader: Reader, bytes: Uint8Array): void => {
    if ((reader.controller.desiredSize ?? 0) >= bytes.byteLength) {
      reader.controller.enqueue(bytes);
      return;
    }
    remove(reader);
    reader.controller.close();
    reader.disconnect?.();
  };

  const broadcast = (bytes: Uint8Array): void => {
    for (const reader of readers) send(reader, bytes);
  };

  const showNext = (): LiveTweet | undefined => {
    const tweet = waiting.shift();
    if (tweet === undefined) return undefined;
    shown.push(tweet);
    if (shown.length > BACKLOG) shown.shift();
    return tweet;
  };

  const startTimers = (): (() => void) => {
    const stops = [
      every(() => {
        const tweet = showNext();
        if (tweet !== undefined) broadcast(encode('tagged', tweet));
      }, limits.streamIntervalMs),
      every(() => {
        broadcast(HEARTBEAT);
      }, limits.heartbeatMs),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  };

  const listen = (event: LiveEvent): void => {
    if (event.kind === 'tagged') {
      waiting.push(...event.tweets.slice(-MAX_WAITING));
      if (waiting.length > MAX_WAITING) waiting.splice(0, waiting.length - MAX_WAITING);
      return;
    }
    if (event.kind === 'top') top = event.top;
    if (readers.size > 0) broadcast(event.kind === 'top' ? encode('top', event.top) : encode('status', event.status));
  };
  const unsubscribe = events.subscribe(listen);

  const greet = (reader: Reader): void => {
    send(reader, encoder.encode(`retry: ${RETRY_MS}\n\n`));
    send(reader, encode('status', status()));
    if (top !== undefined) send(reader, encode('top', top));
    // The first reader after a while finds what came in without one.
    if (readers.size === 0) while (showNext() !== undefined);
    for (const tweet of shown) send(reader, encode('tagged', tweet));
  };

  return {
    open: (disconnect) => {
      if (closed || readers.size >= limits.maxStreams) return undefined;
      let reader: Reader;
      return new ReadableStream<Uint8Array>(
        {
          start: (controller) => {
            reader = { controller, disconnect };
            greet(reader);
            readers.add(reader);
            stopTimers ??= startTimers();
          },
          cancel: () => {
            remove(reader);
          },
        },
        new ByteLengthQueuingStrategy({ highWaterMark: limits.streamBufferBytes }),
      );
    },
    readers: () => readers.size,
    close: () => {
      closed = true;
      unsubscribe();
      for (const reader of readers) {
        remove(reader);
        reader.controller.close();
      }
    },
  };
}
