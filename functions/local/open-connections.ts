import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** The connections of a server, and which of them wait for an answer. */
export interface OpenConnections {
  /** Ends every connection without a running request now, and the others as soon as they have their answer. */
  drain(): void;
}

/**
 * Follows a server's connections. Above `max` the one that has been without a running request for the longest is ended:
 * clients that only connect, or never finish their headers, must not keep those out who have something to say. Node's own `closeIdleConnections` passes over those that never sent a request and
 * those that become idle later, so that `server.close` would wait for them.
 */
export function trackConnections(server: Server, max: number): OpenConnections {
  const running = new Map<Socket, number>();
  let draining = false;
  const endIdle = (): void => {
    // A map is in the order of insertion, and a connection goes to the end of it with each answer.
    for (const [socket, requests] of running) {
      if (requests > 0) continue;
      running.delete(socket);
      socket.destroy();
      return;
    }
  };
  server.on('connection', (socket: Socket) => {
    if (running.size >= max) endIdle();
    running.set(socket, 0);
    socket.once('close', () => running.delete(socket));
    if (draining) socket.destroy();
  });
  server.on('request', ({ socket }, response) => {
    running.set(socket, (running.get(socket) ?? 0) + 1);
    response.once('close', () => {
      const left = (running.get(socket) ?? 1) - 1;
      if (running.delete(socket)) running.set(socket, left);
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
