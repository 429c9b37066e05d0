import { z } from 'zod';
import { splitMetricsSchema } from './manifest.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** Where records of training runs lie: `runs/ID.json` in the store of a state folder. A stack keeps none. */
export const RUNS_PREFIX = 'runs/';

/** The first 16 hex digits of the SHA-256 of the record without it, as canonical JSON. */
export const runIdSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** A split as it was trained on or measured; an interrupted run knows less of it. */
export const runSplitSchema = z.strictObject({
  sha256: sha256.optional(),
  sentences: count,
  tokens: count.optional(),
  entities: count.optional(),
});
export type RunSplit = z.infer<typeof runSplitSchema>;

/** `runs/ID.json`: who trained what on which data with which settings, and how good it is. Written once, never changed. */
export const runRecordSchema = z.strictObject({
  format: z.literal('tagwright-run'),
  formatVersion: z.literal(1),
  id: runIdSchema,
  /** The verb. */
  kind: z.enum(['train', 'distill']),
  outcome: z.enum(['done', 'interrupted', 'failed']),
  /** Code and message of what failed. */
  error: z.string().optional(),
  /** Null where whoever trained did not want to be named. */
  who: z.strictObject({ user: z.string(), host: z.string() }).nullable(),
  startedAt: z.iso.datetime(),
  seconds: z.number().nonnegative(),
  /** With the options that were in force. */
  recipe: z.strictObject({ name: z.string(), options: z.record(z.string(), z.unknown()) }).nullable(),
  /** What the command named: a folder, or the training file; null for a distillation without labels. */
  corpus: z.string().nullable(),
  data: z.partialRecord(z.enum(['train', 'dev', 'test']), runSplitSchema),
  /** All settings, and the encoder or vectors that training started from. */
  settings: z.record(z.string(), z.unknown()),
  /** The epoch whose parameters were kept; undefined where there is no bundle. */
  bestEpoch: z.int().positive().optional(),
  seed: z.int(),
  device: z.string(),
  engine: z.strictObject({ tagwright: z.string(), onnxruntime: z.string() }),
  machine: z.record(z.string(), z.string()),
  /** Null where no bundle was written. */
  modelId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .nullable(),
  bundle: z.string(),
  runFolder: z.string(),
  /** By split, as the bundle's manifest has them. */
  metrics: z.record(z.string(), splitMetricsSchema),
});
export type RunRecord = z.infer<typeof runRecordSchema>;
