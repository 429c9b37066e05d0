import { z } from 'zod';

/** A tweet as it comes in: NDJSON, one a line. Unknown keys are kept out, not refused. */
export const tweetSchema = z.object({
  id: z.string().min(1).max(128),
  text: z.string(),
  created_at: z.iso.datetime({ offset: true }).optional(),
  lang: z.string().max(35).optional(),
  author: z.string().max(128).optional(),
});
export type Tweet = z.infer<typeof tweetSchema>;

/** An entity found in a text: half-open offsets into the original text, in UTF-16 units and in code points. */
export const entitySchema = z.object({
  type: z.string(),
  text: z.string(),
  start: z.int().nonnegative(),
  end: z.int().nonnegative(),
  startCp: z.int().nonnegative(),
  endCp: z.int().nonnegative(),
  /** The model's probability for the entity's tags, in [0, 1]. */
  score: z.number().min(0).max(1),
});
export type Entity = z.infer<typeof entitySchema>;

/**
 * A tagged tweet as it is stored: NDJSON, one a line. `taggedAt` is ISO 8601 in UTC. What the tweet said is there as it
 * came in; `text` is absent only from records that older versions wrote and from what `tagwright tag` prints.
 */
export const taggedTweetSchema = z.object({
  id: z.string(),
  entities: z.array(entitySchema),
  model: z.string(),
  taggedAt: z.string(),
  createdAt: z.string().optional(),
  lang: z.string().optional(),
  author: z.string().optional(),
  text: z.string().optional(),
});
export type TaggedTweet = z.infer<typeof taggedTweetSchema>;
