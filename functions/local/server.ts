import { getRequestListener } from '@hono/node-server';
import { once } from 'node:events';
import { createServer, type Server, type ServerOptions } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { problemBody, problemResponse } from '../api/problem.ts';
import { type ErrorCode, NerError } from '../../shared/ner-error.ts';
import { type OpenConnections, trackConnections } from './open-connections.ts';

/** The part of the API that the server needs. */
export interface ServedApp {
  fetch(
    request: Request,
    env: { readonly boundPort: number; readonly disconnect: () => void },
  ): Response | Promise<Response>;
  /** Ends open streams. */
  close(): void;
}

/** Where and how to listen. */
export interface StartServerOptions {
  readonly app: ServedApp;
  /** 0 takes any free one. */
  readonly port?: number;
  /** The port was asked for by name: a taken one is an error instead of a reason to take the next. */
  readonly exactPort?: boolean;
  readonly host?: string;
  /** Time a client has to send its request, in milliseconds. */
  readonly requestTimeoutMs?: number;
  /** Time a client has to send the headers alone. */
  readonly headersTimeoutMs?: number;
}

/** A listening server. */
export interface RunningServer {
  /** `http://127.0.0.1:8787`, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** Ends streams, lets running requests finish for at most `deadlineMs` and cuts what is left. */
  close(deadlineMs?: number): Promise<void>;
}

/** The port that people find in the README. */
export const DEFAULT_PORT = 8787;

/** Ports after the first that are tried when it is taken. */
const PORT_TRIES = 20;

/** Connections at once: pages, their streams and senders, with room to spare. */
const MAX_CONNECTIONS = 512;

/**
 * Serves the API over HTTP on this machine.
 *
 * @throws {NerError} E_PORT_IN_USE when the port, or all that were tried, are taken; E_USAGE when it cannot be bound
 * for another reason.
 */
export async function startServer({
  app,
  port = DEFAULT_PORT,
  exactPort = false,
  host = '127.0.0.1',
  requestTimeoutMs = 60_000,
  headersTimeoutMs = 10_000,
}: StartServerOptions): Promise<RunningServer> {
  const server = createHttpServer(app, {
    requestTimeout: requestTimeoutMs,
    headersTimeout: headersTimeoutMs,
    // How often Node looks for clients over their time.
    connectionsCheckingInterval: Math.min(1000, headersTimeoutMs),
    keepAliveTimeout: 5000,
  });
  const connections = trackConnections(server, MAX_CONNECTIONS);
  await listenOnFree(server, { port, host, tries: exactPort || port === 0 ? 1 : PORT_TRIES + 1 });
  const bound = (server.address() as AddressInfo).port;
  let closing: Promise<void> | undefined;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    port: bound,
    close: (deadlineMs = 5000) => (closing ??= closeServer({ server, app, connections }, deadlineMs)),
  };
}

function createHttpServer(app: ServedApp, options: ServerOptions): Server {
  const listener = getRequestListener(
    async (request, env) => {
      const { socket } = env.incoming;
      const disconnect = (): void => {
        socket.destroy();
      };
      return app.fetch(request, { boundPort: socket.localPort ?? 0, disconnect });
    },
    {
      overrideGlobalObjects: false,
      // What cannot even become a Request: an impossible URL or Host header.
      errorHandler: (error) =>
        problemResponse({
          code: 'E_REQUEST_MALFORMED',
          detail: `The request line or the Host header cannot be read: ${error instanceof Error ? error.message : 'unknown'}.`,
          requestId: crypto.randomUUID(),
        }),
    },
  );
  const server = createServer(options, (incoming, outgoing) => void listener(incoming, outgoing));
  // Reached only when every connection has a running request: then a new one is refused.
  server.maxConnections = 2 * MAX_CONNECTIONS;
  server.on('clientError', answerClientError);
  return server;
}

/** Node's parser gives up before there is a request: the answer is written by hand. */
function answerClientError(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const answers: Readonly<
    Record<string, { readonly code: ErrorCode; readonly line: string; readonly detail: string }>
  > = {
    ERR_HTTP_REQUEST_TIMEOUT: {
      code: 'E_REQUEST_TIMEOUT',
      line: '408 Request Timeout',
      detail: 'The request did not arrive in time. Send it faster or in parts.',
    },
    HPE_HEADER_OVERFLOW: {
      code: 'E_REQUEST_TOO_LARGE',
      line: '413 Content Too Large',
      detail: 'The headers are too large; expected at most 16 KiB.',
    },
  };
  const { code, line, detail } = answers[error.code ?? ''] ?? {
    code: 'E_REQUEST_MALFORMED',
    line: '400 Bad Request',
    detail: 'The request is not HTTP/1.1.',
  };
  const body = JSON.stringify(problemBody({ code, detail, requestId: crypto.randomUUID() }));
  socket.end(
    `HTTP/1.1 ${line}\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

interface ListenOptions {
  readonly port: number;
  readonly host: string;
  readonly tries: number;
}

async function listenOnFree(server: Server, { port, host, tries }: ListenOptions): Promise<void> {
  for (let candidate = port; candidate < port + tries && candidate <= 65_535; candidate++) {
    const code = await listen(server, candidate, host);
    if (code === undefined) return;
    if (code !== 'EADDRINUSE') {
      throw new NerError(
        'E_USAGE',
        `serve: cannot listen on ${host}, port ${candidate} (${code}); expected an address of this machine and a port above 1023.`,
      );
    }
  }
  const taken = tries === 1 ? `port ${port} is in use` : `ports ${port} to ${port + tries - 1} are in use`;
  throw new NerError(
    'E_PORT_IN_USE',
    `serve: ${taken}, got no free one on ${host}. Stop what listens there or choose another with --port.`,
  );
}

/** Undefined once it listens, else the code of what went wrong. */
function listen(server: Server, port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const onError = (error: NodeJS.ErrnoException): void => {
      server.off('listening', onListening);
      resolve(error.code ?? error.message);
    };
    const onListening = (): void => {
      server.off('error', onError);
      resolve(undefined);
    };
    server.once('error', onError);
    server.once('listening', onListening);
    server.listen(port, host);
  });
}

interface Closing {
  readonly server: Server;
  readonly app: ServedApp;
  readonly connections: OpenConnections;
}

async function closeServer({ server, app, connections }: Closing, deadlineMs: number): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  app.close();
  connections.drain();
  const deadline = setTimeout(() => {
    server.closeAllConnections();
  }, deadlineMs);
  await closed;
  clearTimeout(deadline);
}
