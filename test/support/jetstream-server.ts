import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { type WebSocket, WebSocketServer } from 'ws';

/** A connection of a client, with what it asked for. */
export interface JetstreamConnection {
  readonly socket: WebSocket;
  readonly query: URLSearchParams;
}

export interface JetstreamServer {
  /** `ws://127.0.0.1:PORT/subscribe` */
  readonly endpoint: string;
  /** All that ever connected. */
  readonly connections: readonly JetstreamConnection[];
  /** The next one that connects. */
  readonly next: () => Promise<JetstreamConnection>;
  readonly close: () => Promise<void>;
}

/** Answers in place of a WebSocket, or undefined to let the client in. */
export type Refuse = (request: IncomingMessage) => number | undefined;

/**
 * A Jetstream on 127.0.0.1 by the protocol of `/subscribe` (v1): the test, or `serve`, says what it sends to whoever
 * connects.
 */
export async function startJetstream(
  serve: (connection: JetstreamConnection) => void = () => undefined,
  refuse: Refuse = () => undefined,
): Promise<JetstreamServer> {
  const http: Server = createServer().listen(0, '127.0.0.1');
  await once(http, 'listening');
  const sockets = new WebSocketServer({ noServer: true });
  const connections: JetstreamConnection[] = [];
  let tell: (connection: JetstreamConnection) => void = () => undefined;
  http.on('upgrade', (request, stream, head) => {
    // From here on the socket is this server's own, and a client that is killed resets it.
    stream.on('error', () => {
      stream.destroy();
    });
    const status = refuse(request);
    const { pathname, searchParams } = new URL(request.url!, 'http://jetstream');
    if (status !== undefined || pathname !== '/subscribe') {
      stream.end(`HTTP/1.1 ${status ?? 404} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, stream, head, (socket) => {
      const connection = { socket, query: searchParams };
      connections.push(connection);
      serve(connection);
      tell(connection);
    });
  });
  const close = async (): Promise<void> => {
    for (const socket of sockets.clients) socket.terminate();
    http.closeAllConnections();
    if (http.listening) {
      http.close();
      await once(http, 'close');
    }
  };
  onTestFinished(close);
  return {
    endpoint: `ws://127.0.0.1:${(http.address() as AddressInfo).port}/subscribe`,
    connections,
    next: () => new Promise((resolve) => (tell = resolve)),
    close,
  };
}

export interface PostOptions {
  readonly did?: string;
  readonly operation?: string;
  readonly collection?: string;
  /** Fields of the record, in place of the usual ones. */
  readonly record?: Readonly<Record<string, unknown>>;
}

/** A commit event as documented. The number makes its id: `at://DID/app.bsky.feed.post/p<number>`. */
export function postEvent(number: number, timeUs: number, options: PostOptions = {}): string {
  const { did = 'did:plc:eygmaihciaxprqvxpfvl6flk', operation = 'create', collection = 'app.bsky.feed.post' } = options;
  return JSON.stringify({
    did,
    time_us: timeUs,
    kind: 'commit',
    commit: {
      rev: '3l3qo2vutsw2b',
      operation,
      collection,
      rkey: `p${number}`,
      ...(operation === 'delete'
        ? {}
        : {
            record: {
              $type: collection,
              createdAt: new Date(Math.floor(timeUs / 1_000)).toISOString(),
              langs: ['en'],
              text: `post number ${number}`,
              ...options.record,
            },
            cid: 'bafyreidwaivazkwu67xztlmuobx35hs2lnfh3kolmgfmucldvhd3sgzcqi',
          }),
    },
  });
}

/** The id that a post has as a tweet. */
export function postId(number: number, did = 'did:plc:eygmaihciaxprqvxpfvl6flk'): string {
  return `at://${did}/app.bsky.feed.post/p${number}`;
}
