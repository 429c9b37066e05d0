import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { trackConnections } from '../../../functions/local/open-connections.ts';
import { until } from '../../support/until.ts';

test('a connection beyond the most there may be ends the one that has been idle for the longest', async () => {
  // Never answers, so that its requests run on.
  const server = createServer(() => undefined);
  trackConnections(server, 3);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ended: number[] = [];
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const open = async (text: string): Promise<void> => {
    const accepted = once(server, 'connection');
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    const number = sockets.push(socket);
    socket.on('error', () => undefined).on('close', () => ended.push(number));
    await accepted;
    if (text !== '') socket.write(text);
  };
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';
  const heard = once(server, 'request');
  await open(request);
  await heard;
  await open('');
  await open('GET / HTTP/1.1\r\nHo');
  await open('');
  await until(() => ended.length === 1);
  await open('');
  await until(() => ended.length === 2);
  // The first has a request that runs.
  expect(ended).toEqual([2, 3]);
});
