import type { LiveTweet } from '../../shared/contracts/api.ts';
import type { TaggedTweet, Tweet } from '../../shared/contracts/tweet.ts';
import type { PublishingEventHub } from '../api/event-hub.ts';
import { createTopEntityCounter } from './top-entities.ts';

/** What the page shows of the tweets that are tagged: some of them, and the entities of all. */
export interface LiveTweets {
  add(tweet: Tweet, record: TaggedTweet): void;
  /** Publishes what a batch brought. */
  publishBatch(): void;
  publishTop(): void;
}

const TOP_ENTITIES = 15;
/** The page shows some tweets a second, so of a batch of a thousand these are more than it can show. */
const KEPT_PER_BATCH = 20;

export function createLiveTweets(hub: PublishingEventHub): LiveTweets {
  const top = createTopEntityCounter();
  let tweets: LiveTweet[] = [];
  return {
    add: ({ id, text, author }, { entities, taggedAt }) => {
      top.add(entities);
      if (tweets.length === KEPT_PER_BATCH) tweets.shift();
      tweets.push({ id, text, entities, taggedAt, ...(author === undefined ? {} : { author }) });
    },
    publishBatch: () => {
      hub.publish({ kind: 'tagged', tweets });
      tweets = [];
    },
    publishTop: () => {
      hub.publish({ kind: 'top', top: top.top(TOP_ENTITIES) });
    },
  };
}
