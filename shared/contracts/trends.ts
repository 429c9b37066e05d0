import { z } from 'zod';

const count = z.int().nonnegative();

/** How far back "now" goes: what is compared with the past. */
export const TREND_WINDOWS = ['10m', '1h', '1d'] as const;
export type TrendWindow = (typeof TREND_WINDOWS)[number];

/** Why two spellings count as one name. */
export const MERGE_REASONS = ['spacing', 'spelling', 'meaning', 'person'] as const;
export type MergeReason = (typeof MERGE_REASONS)[number];

/** Query of `GET /v1/trends`. Values come as text. */
export const trendsQuerySchema = z.strictObject({
  window: z.enum(TREND_WINDOWS).default('1h'),
  order: z.enum(['rising', 'count']).default('rising'),
  type: z.string().min(1).max(64).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
  /** Names that contain this, whatever their spelling. */
  q: z.string().max(100).optional(),
  /** The end of the window; by default the newest tweet. */
  until: z.iso.datetime({ offset: true }).optional(),
});
export type TrendsQuery = z.infer<typeof trendsQuerySchema>;

/** Query of `GET /v1/trends/{key}`. */
export const trendQuerySchema = trendsQuerySchema.pick({ window: true, until: true });
export type TrendQuery = z.infer<typeof trendQuerySchema>;

/** A tweet that shows how a name is used: its text with where the entities are, in UTF-16 units. */
export const trendTweetSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    author: z.string().optional(),
    createdAt: z.iso.datetime(),
    entities: z.array(z.object({ type: z.string(), start: count, end: count })),
  })
  .meta({ id: 'TrendTweet' });
export type TrendTweet = z.infer<typeof trendTweetSchema>;

/** A name that is mentioned together with another, and in how many tweets. */
export const coMentionSchema = z
  .object({ key: z.string(), type: z.string(), name: z.string(), tweets: count })
  .meta({ id: 'CoMention' });
export type CoMention = z.infer<typeof coMentionSchema>;

/** One name as it stands now. */
export const trendSchema = z
  .object({
    /** Type and normalised form, as the paths of the API name it. */
    key: z.string(),
    type: z.string(),
    /** The usual spelling. */
    name: z.string(),
    tweets: count,
    /** Different authors: exact up to 64, then within some 3 %; 0 where tweets name none. */
    authors: count,
    /** Tweets that its own past lets expect; null while there is too little past. */
    expected: z.number().nonnegative().nullable(),
    /** How many standard deviations above that; rising from 3 on. Null like `expected`. */
    score: z.number().nullable(),
    /** It has no past: nobody mentioned it before the window, in what is kept. */
    isNew: z.boolean(),
    firstSeen: z.iso.datetime(),
    /** Since when it rises; null when it does not. */
    risingSince: z.iso.datetime().nullable(),
    /** Tweets by step of time, the last one now. */
    series: z.array(count),
    people: z.array(coMentionSchema),
    places: z.array(coMentionSchema),
    /** Spellings that were brought together with it. */
    merged: count,
  })
  .meta({ id: 'Trend' });
export type Trend = z.infer<typeof trendSchema>;

/** Answer of `GET /v1/trends`. */
export const trendsResponseSchema = z
  .object({
    window: z.enum(TREND_WINDOWS),
    order: z.enum(['rising', 'count']),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    /** Time of the newest tweet; null when none is counted. */
    newest: z.iso.datetime().nullable(),
    /** All tweets of the window, with names or without. */
    tweets: count,
    /** Stretches of the past that this is compared with; below 3 nothing can be said to rise. */
    past: count,
    /** Seconds that one number of `series` covers. */
    stepSeconds: count,
    types: z.array(z.object({ type: z.string(), tweets: count })),
    trends: z.array(trendSchema),
  })
  .meta({ id: 'TrendsResponse' });
export type TrendsResponse = z.infer<typeof trendsResponseSchema>;

/** One spelling of a name, and why it counts as that name. */
export const variantSchema = z
  .object({
    form: z.string(),
    name: z.string(),
    tweets: count,
    spellings: z.array(z.object({ text: z.string(), tweets: count })),
    /** Null for the name itself. */
    reason: z.enum(MERGE_REASONS).nullable(),
    score: z.number().min(0).max(1).nullable(),
    pinned: z.boolean(),
  })
  .meta({ id: 'Variant' });
export type Variant = z.infer<typeof variantSchema>;

/** Answer of `GET /v1/trends/{key}`. */
export const trendDetailSchema = z
  .object({
    window: z.enum(TREND_WINDOWS),
    since: z.iso.datetime(),
    until: z.iso.datetime(),
    trend: trendSchema,
    history: z.object({
      start: z.iso.datetime(),
      stepSeconds: count,
      tweets: z.array(count),
      /** What its past lets expect in each step, and the most that would not surprise; empty without a past. */
      expected: z.array(z.number()),
      high: z.array(z.number()),
    }),
    variants: z.array(variantSchema),
    with: z.array(coMentionSchema),
    examples: z.array(trendTweetSchema),
  })
  .meta({ id: 'TrendDetail' });
export type TrendDetail = z.infer<typeof trendDetailSchema>;

/** A spelling that counts as another name, or that a person said shall not. */
export const mergeSchema = z
  .object({
    type: z.string(),
    form: z.string(),
    into: z.string(),
    reason: z.enum(MERGE_REASONS),
    score: z.number().min(0).max(1),
    /** `auto` was found by rules and may go with them; `pinned` and `undone` were said by a person and stay. */
    state: z.enum(['auto', 'pinned', 'undone']),
  })
  .meta({ id: 'Merge' });
export type Merge = z.infer<typeof mergeSchema>;

/** Answer of `GET /v1/merges`. */
export const mergesResponseSchema = z.object({ merges: z.array(mergeSchema) }).meta({ id: 'MergesResponse' });

/** Body of `POST /v1/merges`: undo a merge, or pin one (`into` names the form to merge into). */
export const mergeRequestSchema = z
  .discriminatedUnion('action', [
    z.strictObject({ action: z.literal('undo'), type: z.string().max(64), form: z.string().max(200) }),
    z.strictObject({
      action: z.literal('pin'),
      type: z.string().max(64),
      form: z.string().max(200),
      into: z.string().max(200),
    }),
  ])
  .meta({ id: 'MergeRequest' });
export type MergeRequest = z.infer<typeof mergeRequestSchema>;
