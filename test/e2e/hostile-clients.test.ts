import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hostProcess, postTweets } from '../support/host-process.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { until } from '../support/until.ts';

/** More than the host holds connections. */
const CROWD = 700;
const IDLE_READERS = 2_000;
/** Connects at a time: the kernel's list of those that wait is short. */
const CONNECTING = 50;

/** A host without a model: what is posted waits in the queue. */
async function serve(): Promise<{ readonly url: string; readonly port: number }> {
  const host = hostProcess();
  onTestFinished(() => host.end('SIGKILL'));
  const url = (await host.go({ state: tempFolder() }))!;
  return { url, port: Number(new URL(url).port) };
}

interface Client {
  readonly socket: Socket;
  /** All that came back. */
  text(): string;
}

async function open(port: number, first: string): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => (text += chunk.toString('latin1').slice(0, 2_000)));
  await once(socket, 'connect');
  socket.write(first);
  return { socket, text: () => text };
}

async function crowd(port: number, size: number, first: string): Promise<readonly Client[]> {
  const clients: Client[] = [];
  onTestFinished(() => {
    for (const { socket } of clients) socket.destroy();
  });
  while (clients.length < size) {
    const group = Array.from({ length: Math.min(CONNECTING, size - clients.length) }, () => open(port, first));
    clients.push(...(await Promise.all(group)));
  }
  return clients;
}

/** Has each client send a byte now and then, as long as the test lasts. */
function trickle(clients: readonly Client[], byte: string): void {
  const timer = setInterval(() => {
    for (const { socket } of clients) if (socket.writable) socket.write(byte);
  }, 200);
  onTestFinished(() => {
    clearInterval(timer);
  });
}

/** Posts ten tweets, trying again where the host asks for it. */
async function expectPosting(url: string): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await until(async () => {
      const status = await postTweets(url, [{ id: String(i), text: 'Anna' }]);
      // A connection that was kept open may be the one that made room for another.
      if (status !== undefined) expect([202, 429]).toContain(status);
      return status === 202;
    });
  }
  const health = await fetch(`${url}/healthz`);
  expect(health.status).toBe(200);
}

const headers = (port: number, line: string): string => `${line} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n`;

describe('posting goes on', { timeout: 90_000 }, () => {
  test('beside more clients than there are connections, none of which finishes its headers', async () => {
    const { url, port } = await serve();
    trickle(await crowd(port, CROWD, headers(port, 'GET /healthz')), 'x');
    await expectPosting(url);
  });

  test('beside clients that send their bodies byte by byte', async () => {
    const { url, port } = await serve();
    const head = `${headers(port, 'POST /v1/tweets')}Content-Type: application/x-ndjson\r\nContent-Length: 100000\r\n\r\n{`;
    trickle(await crowd(port, 100, head), ' ');
    await expectPosting(url);
  });

  test('beside thousands of idle readers of the stream, of which some are served and the others told to come back', async () => {
    const { url, port } = await serve();
    const readers = await crowd(port, IDLE_READERS, `${headers(port, 'GET /v1/stream')}\r\n`);
    await expectPosting(url);
    await until(() => readers.every((client) => client.text().includes('\r\n\r\n') || client.socket.destroyed));
    const status = (code: number): number =>
      readers.filter((reader) => reader.text().startsWith(`HTTP/1.1 ${code}`)).length;
    expect(status(200)).toBeGreaterThanOrEqual(1);
    expect(status(200)).toBeLessThanOrEqual(32);
    expect(status(503)).toBeGreaterThan(CROWD);
    const refused = readers.find((reader) => reader.text().startsWith('HTTP/1.1 503'))!.text();
    expect(refused).toMatch(/^retry-after: 1\r$/im);
    expect(refused).toContain('E_STREAM_FULL');
  });

  test('beside readers that never read', async () => {
    const { url, port } = await serve();
    const readers = await crowd(port, 32, `${headers(port, 'GET /v1/stream')}\r\n`);
    for (const { socket } of readers) socket.pause();
    await expectPosting(url);
  });
});
