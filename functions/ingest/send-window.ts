import type { Tweet } from '../../shared/contracts/tweet.ts';
import type { NerError } from '../../shared/ner-error.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import { packTweets } from '../../shared/stream/packer.ts';

export interface SendWindowOptions {
  readonly queue: Pick<Queue, 'send'>;
  readonly clock: () => Date;
  /** Least time between two sends of few tweets. */
  readonly intervalMs?: number;
  /** Tweets that are worth a message of their own: they never wait. */
  readonly fullTweets?: number;
  /** Calls back later; `setTimeout` but in tests. */
  readonly after?: (ms: number, callback: () => void) => void;
  /** Milliseconds since any moment, never going back. */
  readonly now?: () => number;
}

/** What became of tweets that were sent. */
export interface SentTweets {
  /** Messages that hold at least one of them. */
  readonly messages: number;
  readonly tooLarge: readonly { readonly tweet: Tweet; readonly error: NerError }[];
}

/** Packs tweets into messages, those that come close together into the same ones. */
export interface SendWindow {
  /** When it resolves the tweets are on disk. */
  send(tweets: readonly Tweet[]): Promise<SentTweets>;
}

interface Waiting {
  readonly tweets: readonly Tweet[];
  readonly done: PromiseWithResolvers<SentTweets>;
}

/**
 * A message costs some flushes of the disk, whether it holds one tweet or four hundred. So the first tweets after a
 * pause are sent at once, and what follows within `intervalMs` goes together at its end, or as soon as there is enough
 * for a message: thin traffic waits for nothing, and single tweets a thousand times a second become 50 messages.
 */
export function createSendWindow(options: SendWindowOptions): SendWindow {
  const { queue, clock, intervalMs = 20, fullTweets = 200, now = () => performance.now() } = options;
  const after = options.after ?? ((ms, callback) => void setTimeout(callback, ms));
  let waiting: Waiting[] = [];
  let receivedAt: Date | undefined;
  let count = 0;
  let nextAt = -Infinity;
  let isTimed = false;

  const flush = (): void => {
    const group = waiting;
    const at = receivedAt ?? clock();
    [waiting, receivedAt, count] = [[], undefined, 0];
    if (group.length === 0) return;
    nextAt = now() + intervalMs;
    sendGroup(group, queue, at).catch((error: unknown) => {
      for (const { done } of group) done.reject(error);
    });
  };

  return {
    send: (tweets) => {
      if (tweets.length === 0) return Promise.resolve({ messages: 0, tooLarge: [] });
      const done = Promise.withResolvers<SentTweets>();
      waiting.push({ tweets, done });
      receivedAt ??= clock();
      count += tweets.length;
      const leftMs = nextAt - now();
      if (leftMs <= 0 || count >= fullTweets) flush();
      else if (!isTimed) {
        isTimed = true;
        after(leftMs, () => {
          isTimed = false;
          flush();
        });
      }
      return done.promise;
    },
  };
}

async function sendGroup(group: readonly Waiting[], queue: Pick<Queue, 'send'>, receivedAt: Date): Promise<void> {
  const { messages, tooLarge } = packTweets(
    group.flatMap(({ tweets }) => tweets),
    { receivedAt },
  );
  await queue.send(messages.map(({ body }) => body));
  const refused = new Set(tooLarge.map(({ tweet }) => tweet));
  // Messages hold the tweets in their order, so each sender's are in neighbouring ones.
  const ends: number[] = [];
  for (const { tweetCount } of messages) ends.push((ends.at(-1) ?? 0) + tweetCount);
  let from = 0;
  for (const { tweets, done } of group) {
    const to = from + tweets.filter((tweet) => !refused.has(tweet)).length;
    const holding = ends.filter((end, i) => end > from && (ends[i - 1] ?? 0) < to).length;
    done.resolve({ messages: holding, tooLarge: tooLarge.filter(({ tweet }) => tweets.includes(tweet)) });
    from = to;
  }
}
