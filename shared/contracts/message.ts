import { z } from 'zod';
import { tweetSchema } from './tweet.ts';

/** The body of one queue message: tweets packed up to MESSAGE_MAX_BYTES. `receivedAt` (ISO 8601) chooses the partition. */
export const packSchema = z.object({
  v: z.literal(1),
  receivedAt: z.iso.datetime(),
  tweets: z.array(tweetSchema).min(1),
});
export type Pack = z.infer<typeof packSchema>;
