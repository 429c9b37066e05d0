import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type Api, createApp } from '../../../functions/api/app.ts';
import type { ApiDeps } from '../../../functions/api/deps.ts';
import { type RunningServer, startServer, type StartServerOptions } from '../../../functions/local/server.ts';
import { problemSchema } from '../../../shared/contracts/api.ts';
import { type ApiHost, createApiHost, liveTweet } from '../../support/api-host.ts';

const closers: (() => Promise<unknown> | undefined)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface Served {
  readonly host: ApiHost;
  readonly api: Api;
  readonly server: RunningServer;
}

async function serve(deps: Partial<ApiDeps> = {}, options: Partial<StartServerOptions> = {}): Promise<Served> {
  const host = createApiHost(deps);
  const api = createApp(host.deps);
  const server = await startServer({ app: api, port: 0, ...options });
  closers.push(() => server.close(0));
  return { host, api, server };
}

function open(server: RunningServer): Socket {
  const socket = connect(server.port, '127.0.0.1');
  socket.on('error', () => undefined);
  closers.push(async () => void socket.destroy());
  return socket;
}

/** Sends bytes and gives what comes back until the server ends the connection. */
async function exchange(server: RunningServer, text: string): Promise<string> {
  const socket = open(server);
  let answer = '';
  socket.on('data', (chunk) => (answer += chunk.toString('latin1')));
  socket.write(text);
  await once(socket, 'close');
  return answer;
}

async function takePort(): Promise<Server> {
  const taken = createServer();
  taken.listen(0, '127.0.0.1');
  await once(taken, 'listening');
  closers.push(async () => {
    taken.close();
  });
  return taken;
}

/** Waits until the condition holds; the test's own time limit ends what never does. */
async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const streamRequest = (server: RunningServer): string =>
  `GET /v1/stream HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\n\r\n`;

describe('the port', () => {
  test('is told in the address, and answers there', async () => {
    const { server } = await serve();
    expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
  });

  test('is the next free one when the first is taken', async () => {
    const { port } = (await takePort()).address() as AddressInfo;
    const { server } = await serve({}, { port });
    expect(server.port).toBeGreaterThan(port);
    expect(server.port).toBeLessThanOrEqual(port + 20);
  });

  test('fails with E_PORT_IN_USE when it was asked for and is taken', async () => {
    const { port } = (await takePort()).address() as AddressInfo;
    await expect(serve({}, { port, exactPort: true })).rejects.toMatchObject({ code: 'E_PORT_IN_USE' });
  });

  test('fails plainly for an address that is not of this machine', async () => {
    await expect(serve({}, { host: '192.0.2.1' })).rejects.toMatchObject({ code: 'E_USAGE' });
  });

  test('is served under loopback names only', async () => {
    const { server } = await serve();
    const answer = await exchange(server, 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n');
    expect(answer).toContain('HTTP/1.1 403');
    expect(answer).toContain('E_REQUEST_HOST');
  });
});

describe('bodies over a socket', () => {
  test('arrive whole, chunked as well', async () => {
    const { host, server } = await serve();
    const request = httpRequest(`${server.url}/v1/tweets`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
    });
    for (let i = 0; i < 1000; i++) request.write(`{"id":"${i}","text":"é in Lisbon"}\n`);
    request.end();
    const [response] = (await once(request, 'response')) as [{ statusCode: number; resume(): void }];
    response.resume();
    expect(response.statusCode).toBe(202);
    expect(host.ingested).toHaveLength(1000);
    expect(host.ingested[999]).toEqual({ id: '999', text: 'é in Lisbon' });
  });

  test('fails when a chunked body grows too large, while it is still being sent', async () => {
    const { server } = await serve({ limits: { bodyMaxBytes: 1000 } });
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const head = `POST /v1/tweets HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n`;
    expect(await exchange(server, head + chunk)).toContain('HTTP/1.1 413');
  });

  test('fails quietly when the sender breaks off', async () => {
    const { host, server } = await serve();
    const socket = open(server);
    socket.write(
      `POST /v1/tweets HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{"id"`,
    );
    await once(socket, 'ready');
    socket.destroy();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    expect(host.reported).toEqual([]);
    expect(host.ingested).toEqual([]);
  });
});

describe('what is hardly HTTP', () => {
  test.each([
    ['garbage', 'hello\r\n\r\n', 400],
    ['no Host header', 'GET /healthz HTTP/1.0\r\n\r\n', 400],
    ['a Host header that is no host', 'GET /healthz HTTP/1.1\r\nHost: a b@c\r\nConnection: close\r\n\r\n', 400],
    ['a backslash in the path', 'GET /..\\x HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n', 400],
    ['headers without end', `GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ${'x'.repeat(40_000)}`, 413],
  ])('fails with a problem for %s', async (_name, text, status) => {
    const { server } = await serve();
    const answer = await exchange(server, text);
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    expect(head).toContain(`HTTP/1.1 ${status}`);
    expect(head.toLowerCase()).toContain('content-type: application/problem+json');
    expect(problemSchema.parse(JSON.parse(body)).status).toBe(status);
  });

  test('fails with 408 for headers that never end', async () => {
    const { server } = await serve({}, { headersTimeoutMs: 100 });
    const answer = await exchange(server, 'GET / HTTP/1.1\r\nHost: 127');
    expect(answer).toContain('HTTP/1.1 408');
    expect(answer).toContain('E_REQUEST_TIMEOUT');
  });

  test('fails with 408 for a body that trickles', async () => {
    const { host, server } = await serve({}, { headersTimeoutMs: 100, requestTimeoutMs: 200 });
    const answer = await exchange(
      server,
      `POST /v1/tweets HTTP/1.1\r\nHost: 127.0.0.1:${server.port}\r\nContent-Type: application/x-ndjson\r\nContent-Length: 100\r\n\r\n{`,
    );
    expect(answer).toContain('HTTP/1.1 408');
    expect(host.reported).toEqual([]);
  });
});

describe('the stream over a socket', () => {
  test('brings tagged tweets, status and top entities as they come', async () => {
    const { host, server } = await serve({ limits: { streamIntervalMs: 1 } });
    const response = await fetch(`${server.url}/v1/stream`);
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    const readUntil = async (part: string): Promise<void> => {
      while (!text.includes(part)) text += (await reader.read()).value ?? '';
    };
    await readUntil('event: status');
    host.hub.publish({ kind: 'tagged', tweets: [liveTweet('7', 'hello Lisbon')] });
    await readUntil('"id":"7"');
    host.hub.publish({ kind: 'top', top: { entities: [{ type: 'geo-loc', text: 'Lisbon', count: 1 }] } });
    await readUntil('event: top');
    await reader.cancel();
  });

  test('lets go of readers that vanish', async () => {
    const { api, server } = await serve();
    const sockets = Array.from({ length: 5 }, () => open(server));
    for (const socket of sockets) socket.write(streamRequest(server));
    await until(() => api.readers() === 5);
    for (const socket of sockets) socket.resetAndDestroy();
    await until(() => api.readers() === 0);
  });

  test('cuts off a reader that never reads, and the others go on', async () => {
    const { api, host, server } = await serve({ limits: { streamBufferBytes: 64 * 1024 } });
    const lazy = open(server);
    lazy.pause();
    lazy.write(streamRequest(server));
    const good = open(server);
    let received = 0;
    good.on('data', (chunk) => (received += chunk.length));
    good.write(streamRequest(server));
    await until(() => api.readers() === 2);
    const top = {
      entities: Array.from({ length: 100 }, (_, i) => ({ type: 'other', text: 'x'.repeat(50), count: i + 1 })),
    };
    let sent = 0;
    // The kernel's buffers take some megabytes before the lazy reader is felt.
    while (api.readers() === 2) {
      const before = received;
      host.hub.publish({ kind: 'top', top });
      sent += 1;
      await until(() => received > before);
    }
    expect(api.readers()).toBe(1);
    const before = received;
    host.hub.publish({ kind: 'top', top });
    await until(() => received > before);
    expect(sent).toBeGreaterThan(10);
    lazy.resume();
    await once(lazy, 'close');
  });

  test('fails with 503 for one reader too many', async () => {
    const { api, server } = await serve({ limits: { maxStreams: 1 } });
    open(server).write(streamRequest(server));
    await until(() => api.readers() === 1);
    const response = await fetch(`${server.url}/v1/stream`);
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ code: 'E_STREAM_FULL' });
  });
});

describe('closing', () => {
  test('ends streams and idle connections at once', async () => {
    const { api, server } = await serve();
    const reader = open(server);
    reader.resume();
    reader.write(streamRequest(server));
    await until(() => api.readers() === 1);
    const idle = open(server);
    await once(idle, 'ready');
    const ended = once(reader, 'end');
    await server.close(60_000);
    await ended;
  });

  test('lets a running request finish', async () => {
    let release = (): void => undefined;
    const started = new Promise<void>((resolve) => {
      closers.push(async () => {
        resolve();
      });
      release = resolve;
    });
    let answer = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const { server } = await serve({
      models: async () => {
        release();
        await held;
        return [];
      },
    });
    const response = fetch(`${server.url}/v1/models`);
    await started;
    const closed = server.close(60_000);
    answer();
    expect(await (await response).json()).toEqual({ models: [] });
    await closed;
  });

  test('cuts what is left at the deadline', async () => {
    let started = false;
    const { server } = await serve({
      models: () => {
        started = true;
        return new Promise(() => undefined);
      },
    });
    const response = fetch(`${server.url}/v1/models`).catch(() => 'cut');
    await until(() => started);
    await server.close(10);
    expect(await response).toBe('cut');
  });
});
