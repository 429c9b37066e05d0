import { z } from 'zod';

/** A pack that was stored: its object has what the trends count. */
export const storedPackSchema = z.strictObject({
  key: z.string().regex(/^tagged\/dt=\d{4}-\d{2}-\d{2}\/hr=\d{2}\/[0-9a-f]{32}\.ndjson$/),
  /** The time of tweets that do not say when they were written. */
  receivedAt: z.iso.datetime(),
});

/** Packs in one message: some 100 bytes each, so that a message stays below MESSAGE_MAX_BYTES. */
export const TREND_MESSAGE_MAX_PACKS = 500;

/** The body of one message to the trends: packs that the tagger has stored. The same pack may come several times. */
export const trendMessageSchema = z.strictObject({
  v: z.literal(1),
  packs: z.array(storedPackSchema).min(1).max(TREND_MESSAGE_MAX_PACKS),
});
export type TrendMessage = z.infer<typeof trendMessageSchema>;
