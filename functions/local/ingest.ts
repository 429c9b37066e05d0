import type { Tweet } from '../../shared/contracts/tweet.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { packTweets } from '../../shared/stream/packer.ts';
import type { RejectedLine } from '../../shared/stream/parse-tweets.ts';
import { quarantine, type QuarantineItem } from '../../shared/stream/quarantine.ts';
import type { Ingested } from '../api/deps.ts';

export interface IngestDeps {
  readonly queue: Queue;
  readonly store: ObjectStore;
  readonly clock: () => Date;
}

export interface Ingest {
  /** Packs and enqueues tweets, and puts what cannot be one in quarantine. When it resolves both are on disk. */
  readonly take: (tweets: readonly Tweet[], rejected: readonly RejectedLine[]) => Promise<Ingested>;
  /** Lines put in quarantine so far. */
  readonly rejected: () => number;
}

/** What `POST /v1/tweets` does with what it was sent. */
export function createIngest({ queue, store, clock }: IngestDeps): Ingest {
  let total = 0;
  return {
    rejected: () => total,
    take: async (tweets, rejected) => {
      const receivedAt = clock();
      const { messages, tooLarge } = packTweets(tweets, { receivedAt });
      const bad: QuarantineItem[] = [
        ...rejected.map((line) => ({ source: 'http', ...line })),
        ...tooLarge.map(({ tweet, error }) => ({
          source: 'http',
          code: error.code,
          reason: error.message,
          raw: JSON.stringify(tweet),
        })),
      ];
      await quarantine(store, bad, receivedAt);
      total += bad.length;
      await queue.send(messages.map((message) => message.body));
      return { accepted: tweets.length - tooLarge.length, rejected: bad.length, messages: messages.length };
    },
  };
}
