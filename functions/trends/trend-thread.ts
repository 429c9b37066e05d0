import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { NerError } from '../../shared/ner-error.ts';
import type { FromTrends, ToTrends, TrendCall } from './trend-protocol.ts';

/** A thread over the trends of one folder. It starts with the first call, and calls are answered in turn. */
export interface TrendThread {
  /** @throws what the call threw; {E_WORKER_LOST} when the thread ended during it */
  call(call: TrendCall): Promise<unknown>;
  close(): Promise<void>;
}

interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: NerError) => void;
}

/** A thread that has not started yet. After it was lost, the next call starts another. */
export function createTrendThread(path: string): TrendThread {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | undefined;
  let calls = 0;
  let closed = false;

  const start = (): Worker => {
    const thread = new Worker(new URL('./trends-worker.ts', import.meta.url), { workerData: { path } });
    let cause: unknown;
    thread.on('message', (reply: FromTrends) => {
      const call = waiting.get(reply.id);
      waiting.delete(reply.id);
      if ('code' in reply) call?.reject(new NerError(reply.code, reply.message));
      else call?.resolve(reply.value);
    });
    thread.on('error', (error) => {
      cause = error;
    });
    thread.on('exit', () => {
      if (worker === thread) worker = undefined;
      for (const { reject } of waiting.values()) reject(lost(cause));
      waiting.clear();
    });
    return thread;
  };

  const send = (call: TrendCall): Promise<unknown> => {
    if (closed && worker === undefined) return Promise.reject(lost(new Error('it was stopped')));
    worker ??= start();
    const thread = worker;
    return new Promise((resolve, reject) => {
      calls += 1;
      waiting.set(calls, { resolve, reject });
      thread.postMessage({ id: calls, call } satisfies ToTrends);
    });
  };

  return {
    call: send,
    close: async () => {
      closed = true;
      if (worker === undefined) return;
      const ended = once(worker, 'exit');
      // What was asked before is answered before.
      await send({ kind: 'close' });
      await ended;
    },
  };
}

function lost(cause: unknown): NerError {
  const why = cause instanceof Error ? `: ${cause.message}` : '';
  return new NerError('E_WORKER_LOST', `trends: the thread that counts ended during the call${why}. Call again.`, {
    cause,
  });
}
