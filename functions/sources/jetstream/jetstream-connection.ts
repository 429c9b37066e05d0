import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import type { Ending } from '../reconnect.ts';
import type { Delivery, SourceChange, Wait } from '../source.ts';
import { createWatchdog } from '../watchdog.ts';

export interface ConnectionOptions {
  readonly url: URL;
  /** Nothing at all for so long, pings included, and the connection counts as dead. */
  readonly idleMs: number;
  readonly wait: Wait;
  readonly onChange: (change: SourceChange) => void;
  readonly read: (messages: readonly Uint8Array[]) => Delivery;
}

/** Messages that are held here at most before the socket is read no further; then the server has to wait. */
const MAX_HELD_MESSAGES = 1_024;

/** A frame larger than this ends the connection instead of filling the memory. */
const MAX_FRAME_BYTES = 16 * 1_024 * 1_024;

/**
 * What comes over one WebSocket, as many messages at a time as have come, until it ends. `ws` instead of Node's own client for
 * three things which the browser's interface does not have: reading can be paused, a peer that has gone is cut off
 * without a closing handshake, and pings count as signs of life.
 */
export async function* socketDeliveries(
  { url, idleMs, wait, onChange, read }: ConnectionOptions,
  signal: AbortSignal,
): AsyncGenerator<Delivery, Omit<Ending, 'worked'>, undefined> {
  const closed = new AbortController();
  const state: { held: Uint8Array[]; ending: Omit<Ending, 'worked'> | undefined; wake: () => void } = {
    held: [],
    ending: undefined,
    wake: () => undefined,
  };
  const socket = new WebSocket(url, {
    perMessageDeflate: false,
    maxPayload: MAX_FRAME_BYTES,
    followRedirects: false,
    // A message that is not UTF-8 goes to quarantine; the library would end the connection, each time it came again.
    skipUTF8Validation: true,
  });
  const end = (ending: Omit<Ending, 'worked'>): void => {
    state.ending ??= ending;
    // Leaves nothing behind: a closing handshake would wait for a peer that may be gone.
    socket.terminate();
    state.wake();
  };
  const lost = (reason: string): void => {
    end({ kind: 'network', reason });
  };
  const abort = (): void => {
    lost('stopped');
  };
  const watchdog = createWatchdog(
    {
      idleMs,
      wait,
      onIdle: () => {
        lost(`nothing came for ${idleMs / 1_000} s`);
      },
    },
    closed.signal,
  );
  socket
    .on('open', () => {
      watchdog.arm();
      onChange({ state: 'live', reason: `${url.origin}${url.pathname}` });
    })
    .on('message', (data: Buffer) => {
      watchdog.arm();
      state.held.push(data);
      if (state.held.length >= MAX_HELD_MESSAGES) {
        socket.pause();
        watchdog.disarm();
      }
      state.wake();
    })
    .on('ping', () => {
      watchdog.arm();
    })
    .on('unexpected-response', (_, response: IncomingMessage) => {
      end(answeredInstead(response));
    })
    .on('error', (error: NodeJS.ErrnoException) => {
      lost(error.code ?? error.message);
    })
    .on('close', (code: number) => {
      lost(`the server closed the connection (${code})`);
    });
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  try {
    for (;;) {
      if (state.held.length > 0) {
        const messages = state.held;
        state.held = [];
        yield read(messages);
        if (socket.isPaused) {
          watchdog.arm();
          socket.resume();
        }
      } else if (state.ending === undefined) {
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      } else return state.ending;
    }
  } finally {
    signal.removeEventListener('abort', abort);
    closed.abort();
    socket.terminate();
  }
}

/** An HTTP answer where a WebSocket was asked for. */
function answeredInstead({ statusCode = 0, headers }: IncomingMessage): Omit<Ending, 'worked'> {
  const reason = `the server answered with HTTP ${statusCode}`;
  if (statusCode !== 429) return { kind: 'http', reason };
  const seconds = Number(headers['retry-after'] ?? NaN);
  return { kind: 'rate-limit', reason: Number.isNaN(seconds) ? reason : `${reason}, come back in ${seconds} s` };
}
