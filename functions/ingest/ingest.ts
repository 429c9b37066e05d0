import type { Tweet } from '../../shared/contracts/tweet.ts';
import type { Metrics } from '../../shared/metrics/metrics.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { quarantine, type QuarantineItem } from '../../shared/stream/quarantine.ts';
import type { Ingested } from '../api/deps.ts';
import { createQueueRoom, type QueueRoom } from './queue-room.ts';
import { createSendWindow } from './send-window.ts';

export interface IntakeDeps {
  readonly queue: Pick<Queue, 'send'>;
  readonly store: ObjectStore;
  readonly clock: () => Date;
  readonly metrics?: Pick<Metrics, 'add'>;
}

/** Where tweets come in. */
export interface Intake {
  /**
   * Packs and enqueues tweets, and puts what cannot be one in quarantine under the source's name, `http` by default.
   * When it resolves both are on disk.
   */
  readonly take: (
    tweets: readonly Tweet[],
    rejected: readonly Omit<QuarantineItem, 'source'>[],
    source?: string,
  ) => Promise<Ingested>;
  /** Lines put in quarantine so far. */
  readonly rejected: () => number;
}

export interface IngestDeps extends IntakeDeps {
  readonly queue: Pick<Queue, 'send' | 'depth'>;
  /** Messages in the queue from which on there is no room. */
  readonly maxMessages: number;
}

/** An intake to a queue that can be full. Look for room first: `take` always takes. */
export type Ingest = Intake & QueueRoom;

/** What `POST /v1/tweets` and the connectors do with what they were sent. */
export function createIngest(deps: IngestDeps): Ingest {
  return { ...createQueueRoom(deps), ...createIntake(deps) };
}

export function createIntake({ queue, store, clock, metrics }: IntakeDeps): Intake {
  const window = createSendWindow({ queue, clock });
  let rejectedTotal = 0;
  return {
    rejected: () => rejectedTotal,
    take: async (tweets, rejected, source = 'http') => {
      const receivedAt = clock();
      const bad = rejected.map((line): QuarantineItem => ({ source, ...line }));
      // What cannot be a tweet first: whoever sends all of it again finds it there already.
      await quarantine(store, bad, receivedAt);
      const { messages, tooLarge } = await window.send(tweets);
      const large = tooLarge.map(({ tweet, error: { code, message } }): QuarantineItem => {
        return { source, code, reason: message, raw: JSON.stringify(tweet) };
      });
      await quarantine(store, large, receivedAt);
      const accepted = tweets.length - large.length;
      const refused = bad.length + large.length;
      rejectedTotal += refused;
      metrics?.add('tagwright_tweets_accepted_total', accepted);
      metrics?.add('tagwright_lines_rejected_total', refused);
      return { accepted, rejected: refused, messages };
    },
  };
}
