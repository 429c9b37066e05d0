import type { Queue } from '../../shared/queue/queue.ts';
import { wait } from '../local/wait.ts';

export interface QueueRoomOptions {
  readonly queue: Pick<Queue, 'depth'>;
  /** Messages, ready or in hand, from which on nothing more is taken in. */
  readonly maxMessages: number;
}

/** Whether the queue takes more. It bounds disk and delay: what was accepted before is never dropped. */
export interface QueueRoom {
  /** As of now. Senders look first and send then, so the bound may be passed by what is under way. */
  hasRoom(): Promise<boolean>;
  /** Resolves once there is room, or at the signal. */
  ready(signal: AbortSignal): Promise<void>;
}

const POLL_MS = 20;

export function createQueueRoom({ queue, maxMessages }: QueueRoomOptions): QueueRoom {
  const hasRoom = async (): Promise<boolean> => {
    const { ready, inFlight } = await queue.depth();
    return ready + inFlight < maxMessages;
  };
  return {
    hasRoom,
    ready: async (signal) => {
      while (!signal.aborted && !(await hasRoom())) await wait(POLL_MS, signal);
    },
  };
}
