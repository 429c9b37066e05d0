import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** One file of a bundle, by path relative to the bundle's folder (forward slashes, no `..`). */
export const bundleFileSchema = z.object({
  path: z.string().regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_./-]*$/),
  sizeBytes: z.int().nonnegative(),
  sha256,
});

const prf = z.object({
  precision: z.number(),
  recall: z.number(),
  f1: z.number(),
  support: z.int(),
});

/** Entity figures of one split, seqeval default mode, micro, with a bootstrap confidence interval for F1. */
export const splitMetricsSchema = z.object({
  entity: prf,
  f1Interval: z.object({ low: z.number(), high: z.number(), level: z.number(), resamples: z.int() }),
  tokenAccuracy: z.number(),
});

/** The head that turns emissions into tags: scores indexed as in `labels`. `transitions[from][to]`. */
export const headSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('crf'),
    start: z.array(z.number()),
    end: z.array(z.number()),
    transitions: z.array(z.array(z.number())),
  }),
  z.object({ kind: z.literal('linear') }),
]);
export type Head = z.infer<typeof headSchema>;

/**
 * manifest.json of a bundle: what the files are, and everything needed to say where the model came from. The bundle's
 * id is the first 16 hex digits of the SHA-256 of the manifest itself with `id` left out (canonical JSON), so the
 * same content always has the same id and no file can change under it.
 */
export const manifestSchema = z.object({
  format: z.literal('tagwright-bundle'),
  formatVersion: z.literal(1),
  id: z.string().regex(/^[0-9a-f]{16}$/),
  engine: z.object({ tagwright: z.string(), onnxruntime: z.string() }),
  /** Label names; index = column of the emissions. The first one is `O`. */
  labels: z.array(z.string()).min(1),
  scheme: z.literal('BIO'),
  head: headSchema,
  /** How words become the graph's inputs; the file holds the settings of that kind. */
  features: z.object({ kind: z.literal('word-features'), file: z.string() }),
  graph: z.object({ file: z.string(), precision: z.enum(['fp32', 'int8']) }),
  limits: z.object({ maxWords: z.int().positive() }),
  /** Divides emissions and CRF scores before scores are read off, fitted on dev. */
  temperature: z.number().positive(),
  data: z.record(z.string(), z.object({ sha256, sentences: z.int(), tokens: z.int(), entities: z.int() })),
  recipe: z.record(z.string(), z.unknown()),
  seed: z.int(),
  metrics: z.record(z.string(), splitMetricsSchema),
  /** Texts with the entities the exporter's reference found in them: run before a loaded bundle serves. */
  golden: z.array(
    z.object({ text: z.string(), entities: z.array(z.object({ type: z.string(), start: z.int(), end: z.int() })) }),
  ),
  files: z.array(bundleFileSchema).min(1),
});
export type Manifest = z.infer<typeof manifestSchema>;

/** models/current.json: the pointer that serving follows. Changed by compare-and-swap only. */
export const pointerSchema = z.object({
  modelId: z.string().regex(/^[0-9a-f]{16}$/),
  prefix: z.string(),
  promotedAt: z.iso.datetime(),
  previous: z.string().nullable(),
});
export type Pointer = z.infer<typeof pointerSchema>;
