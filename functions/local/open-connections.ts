import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, and which of them wait for an answer. */
export interface OpenConnections {
  /** Ends every connection without a running request now, and the others as soon as they have their answer. */
  drain(): void;
}

/**
 * Follows a server's connections. Node's own `closeIdleConnections` passes over those that never sent a request and
 * those that become idle later, so that `server.close` would wait for them.
 */
export function trackConnections(server: Server): OpenConnections {
  const running = new Map<Socket, number>();
  let draining = false;
  server.on('connection', (socket: Socket) => {
    running.set(socket, 0);
    socket.once('close', () => running.delete(socket));
    if (draining) socket.destroy();
  });
  server.on('request', ({ socket }, response) => {
    running.set(socket, (running.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (running.get(socket) ?? 1) - 1;
      if (running.has(socket)) running.set(socket, left);
      if (draining && left === 0) socket.destroySoon();
    });
  });
  return {
    drain: () => {
      draining = true;
      for (const [socket, requests] of running) if (requests === 0) socket.destroy();
    },
  };
}
