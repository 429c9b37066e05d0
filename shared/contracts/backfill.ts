import { z } from 'zod';

/** Below `backfill/`, but no run: the state machine lists there what became of its calls. */
const RESULTS = 'results';

/** A run's name: a part of keys. */
export const backfillRunSchema = z
  .string()
  .regex(/^[a-z0-9](?:[-_]?[a-z0-9]){0,62}$/)
  .refine((name) => name !== RESULTS, { error: `'${RESULTS}' is taken` });

/** An input in the store: a file of tweets, NDJSON, a JSON array or one text a line, plain or gzip. */
export const backfillInputKeySchema = z
  .string()
  .max(1_024)
  .regex(/^backfill\/[a-z0-9_-]{1,63}\/input\/[A-Za-z0-9_=@+,./-]*$/);

/**
 * What a child of the Distributed Map gets from its ItemBatcher, and so does the function: `Items` as the S3 listing of
 * `backfill/RUN/input/` has them, `BatchInput` the same for all. One item a batch is best: a child has five minutes, and what it tagged until then
 * is kept, so that it goes on from there when it is tried again.
 */
export const backfillEventSchema = z
  .object({
    BatchInput: z.object({ run: backfillRunSchema }),
    Items: z
      .array(z.object({ Key: backfillInputKeySchema, Size: z.number().nonnegative() }))
      .min(1)
      .max(100),
  })
  .refine(
    ({ BatchInput: { run }, Items: items }) => items.every(({ Key }) => Key.startsWith(`backfill/${run}/input/`)),
    {
      error: 'an input of another run',
    },
  );
export type BackfillEvent = z.infer<typeof backfillEventSchema>;

/** What tagging some inputs came to, earlier tries of the same run included. */
export const backfillCountsSchema = z.object({
  inputs: z.int().nonnegative(),
  /** Inputs that could not be read to their end; each is in quarantine with its reason. */
  unreadable: z.int().nonnegative(),
  tagged: z.int().nonnegative(),
  /** Tweets left out because their id came before in the same part of an input. */
  repeats: z.int().nonnegative(),
  /** Lines and tweets in quarantine. */
  quarantined: z.int().nonnegative(),
});
export type BackfillCounts = z.infer<typeof backfillCountsSchema>;

/** `backfill/RUN/run.json`, written once, by whoever begins the run. */
export const backfillRunRecordSchema = z.strictObject({
  format: z.literal('tagwright-backfill'),
  formatVersion: z.literal(1),
  run: backfillRunSchema,
  /** The one model that tags all of it. */
  modelId: z.string().regex(/^[0-9a-f]{16}$/),
  /** The hour of tweets that do not say when they were made. */
  startedAt: z.iso.datetime(),
});
export type BackfillRunRecord = z.infer<typeof backfillRunRecordSchema>;

/** `backfill/RUN/swap.json`, written before anything is swapped: the run takes no more inputs from then on. */
export const backfillSwapSchema = z.strictObject({
  format: z.literal('tagwright-backfill-swap'),
  formatVersion: z.literal(1),
  run: backfillRunSchema,
  beganAt: z.iso.datetime(),
  hours: z.array(z.strictObject({ dt: z.iso.date(), hr: z.string().regex(/^(?:[01]\d|2[0-3])$/) })),
});
export type BackfillSwap = z.infer<typeof backfillSwapSchema>;
