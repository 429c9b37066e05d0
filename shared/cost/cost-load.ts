import { z } from 'zod';
import { LAMBDA_ARCHITECTURES } from './lambda-compute.ts';
import { type PriceName, PRICES } from './prices.ts';

const amount = z.number().nonnegative();

/** An instance whose price is in the table. */
const instanceSchema = z.custom<PriceName>(
  (name) => typeof name === 'string' && name.startsWith('ml.') && Object.hasOwn(PRICES, name),
  { error: 'no price is known for this instance type' },
);

/** What the bill follows from: the load, what was measured, and the settings of a stage that cost something. */
export const costLoadSchema = z.strictObject({
  tweetsPerSecond: z.number().positive(),
  /** JSON of a tweet on the queue. */
  tweetBytes: z.int().min(50).max(32_768),
  /** What a stored record has besides the tweet: entities, model, time. */
  addedBytes: amount,
  tweetsPerSecondPerVcpu: z.number().positive(),
  architecture: z.enum(LAMBDA_ARCHITECTURES),
  /** Messages that one invocation of the tagger gets. */
  messagesPerInvocation: z.int().min(1).max(10_000),
  /** Results are kept for so long, and after that as old versions. */
  taggedDays: amount,
  oldVersionDays: amount,
  logDays: amount,
  /** Of the trends: one environment at most, which is taken to be always at work. */
  trendsMemoryMb: amount,
  trendsInvocationsPerMinute: amount,
  apiRequests: amount,
  apiMilliseconds: amount,
  apiResponseBytes: amount,
  apiMemoryMb: amount,
  alarms: amount,
  customMetrics: amount,
  /** A function's log of one invocation: the platform's lines and one of ours. */
  logBytesPerInvocation: amount,
  retrains: amount,
  trainingHours: amount,
  trainingInstance: instanceSchema,
  /** Spot instances are taken to cost so much of the price on demand. */
  trainingDiscountedTo: z.number().min(0).max(1),
  backfillTweets: amount,
});
export type CostLoad = z.infer<typeof costLoadSchema>;

/** What a stage does not say. */
export const LOAD_ASSUMPTIONS = {
  tweetBytes: 500,
  addedBytes: 300,
  messagesPerInvocation: 10,
  trendsMemoryMb: 1_769,
  trendsInvocationsPerMinute: 6,
  apiRequests: 1_000_000,
  apiMilliseconds: 50,
  apiResponseBytes: 10_000,
  apiMemoryMb: 1_769,
  alarms: 20,
  customMetrics: 40,
  logBytesPerInvocation: 1_000,
  retrains: 4,
  trainingHours: 2,
  backfillTweets: 0,
} as const;
