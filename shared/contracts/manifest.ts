import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const modelId = z.string().regex(/^[0-9a-f]{16}$/);

const unit = z.number().min(0).max(1);
const count = z.int().nonnegative();

/** The newest bundle format this version writes and reads. */
export const BUNDLE_FORMAT_VERSION = 1;

/** The output of a word-level tagger's graph: float32 [B, W, L], a score for each word and label. */
export const EMISSIONS_OUTPUT = 'emissions';

/** The output of an encoder's graph, named as Hugging Face has it: float32 [B, T, L], a score for each piece and label. */
export const LOGITS_OUTPUT = 'logits';

/** Name of the file that describes all others, in every bundle. */
export const MANIFEST_FILE = 'manifest.json';

/** A path relative to the bundle's folder: forward slashes, each part begins with a letter, a digit or `_`. */
export const bundlePathSchema = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*(?:\/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$/);

/** One file of a bundle. */
export const bundleFileSchema = z.strictObject({ path: bundlePathSchema, sizeBytes: count, sha256 });
export type BundleFile = z.infer<typeof bundleFileSchema>;

const prf = z.strictObject({ precision: unit, recall: unit, f1: unit, support: count });

/** Entity figures of one split, seqeval default mode, micro, with a bootstrap confidence interval for F1. */
export const splitMetricsSchema = z.strictObject({
  entity: prf,
  f1Interval: z.strictObject({ low: unit, high: unit, level: unit, resamples: count }),
  tokenAccuracy: unit,
});
export type SplitMetrics = z.infer<typeof splitMetricsSchema>;

/** What a graph computes in: int8 means products of eight-bit integers, and float32 for all else. */
export const precisionSchema = z.enum(['fp32', 'int8']);
export type Precision = z.infer<typeof precisionSchema>;

/** How far an exported graph is from its reference, over the words of a labelled file. */
export const gateFiguresSchema = z.strictObject({
  /** The largest difference of a label's score at a word. */
  logitDifference: z.number().nonnegative(),
  /** Share of the words that get the same tag. */
  tagAgreement: unit,
  /** Micro F1 of entities, seqeval default mode. */
  f1: unit,
  referenceF1: unit,
  /** `f1 - referenceF1`, with its interval by the paired bootstrap over sentences. */
  f1Difference: z.number().min(-1).max(1),
  f1Interval: z.strictObject({ low: z.number(), high: z.number(), level: unit, resamples: count }),
});
export type GateFigures = z.infer<typeof gateFiguresSchema>;

/** What the figures may be at worst. */
export const gateLimitsSchema = z.strictObject({
  logitDifference: z.number().nonnegative(),
  tagAgreement: unit,
  /** By how much F1 may fall. */
  f1Loss: unit,
});
export type GateLimits = z.infer<typeof gateLimitsSchema>;

/** The verdict of the export gate: a bundle that has one has passed it. */
export const gateSchema = z.strictObject({
  corpus: z.strictObject({ sha256, sentences: count, words: count }),
  figures: gateFiguresSchema,
  limits: gateLimitsSchema,
});
export type Gate = z.infer<typeof gateSchema>;

/** The head that turns emissions into tags: scores indexed as in `labels`. `transitions[from][to]`. */
export const headSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('crf'),
    start: z.array(z.number()),
    end: z.array(z.number()),
    transitions: z.array(z.array(z.number())),
  }),
  z.strictObject({ kind: z.literal('linear') }),
]);
export type Head = z.infer<typeof headSchema>;

/** A text with the entities that the exporter's reference found in it, by UTF-16 offsets. */
export const goldenTextSchema = z.strictObject({
  text: z.string(),
  entities: z.array(z.strictObject({ type: z.string(), start: count, end: count })),
});
export type GoldenText = z.infer<typeof goldenTextSchema>;

/** How words become the graph's inputs. Texts longer than the limit are tagged in overlapping windows. */
export const featuresSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('word-features'),
    /** The settings of the word encoder. */
    file: bundlePathSchema,
    /** Pre-trained word vectors, for models that have them. */
    vectors: bundlePathSchema.optional(),
    /** Words of one sentence that the graph sees at once. */
    maxWords: z.int().min(2).max(4_096),
  }),
  z.strictObject({
    kind: z.literal('pieces'),
    /** The tokeniser's files, in the bundle's folder. */
    tokenizer: z.array(bundlePathSchema).min(1),
    /** Pieces that the graph sees at once, special tokens included. */
    maxPieces: z.int().min(3).max(65_536),
    /** Features of words beside the pieces, for models that have them. */
    words: z.strictObject({ file: bundlePathSchema, vectors: bundlePathSchema.optional() }).optional(),
  }),
]);
export type Features = z.infer<typeof featuresSchema>;

const manifestFields = z.strictObject({
  format: z.literal('tagwright-bundle'),
  formatVersion: z.literal(BUNDLE_FORMAT_VERSION),
  id: modelId,
  engine: z.strictObject({ tagwright: z.string(), onnxruntime: z.string() }),
  /** Label names; index = column of the emissions. The first one is `O`. */
  labels: z.array(z.string().regex(/^(?:O|[BI]-.+)$/s)).min(1),
  scheme: z.literal('BIO'),
  head: headSchema,
  features: featuresSchema,
  /** Its output is `emissions` of words, or `logits` of pieces. */
  graph: z.strictObject({ file: bundlePathSchema, precision: precisionSchema }),
  /** The model whose graph this is in another form, and how the two compare. */
  exportedFrom: modelId.optional(),
  gate: gateSchema.optional(),
  /** Divides emissions and CRF scores before scores are read off, fitted on dev. */
  temperature: z.number().positive(),
  data: z.record(z.string(), z.strictObject({ sha256, sentences: count, tokens: count, entities: count })),
  recipe: z.record(z.string(), z.unknown()),
  seed: z.int(),
  metrics: z.record(z.string(), splitMetricsSchema),
  /** Run before a loaded bundle serves. */
  golden: z.array(goldenTextSchema),
  files: z.array(bundleFileSchema).min(1),
});

/**
 * manifest.json of a bundle: what the files are, and everything needed to say where the model came from. The bundle's
 * id is the first 16 hex digits of the SHA-256 of the manifest itself with `id` left out (canonical JSON), so the
 * same content always has the same id and no file can change under it.
 */
export const manifestSchema = manifestFields.superRefine((manifest, context) => {
  for (const { path, message } of contradictions(manifest)) context.addIssue({ code: 'custom', path, message });
});
export type Manifest = z.infer<typeof manifestFields>;

interface Contradiction {
  readonly path: string[];
  readonly message: string;
}

/** What no single field can tell: fields that do not fit each other. */
function contradictions({ labels, head, files, features, graph, golden }: Manifest): Contradiction[] {
  const found: Contradiction[] = [];
  const expect = (holds: boolean, path: string[], message: string): void => {
    if (!holds) found.push({ path, message });
  };
  expect(labels[0] === 'O', ['labels'], 'the first label is O');
  expect(new Set(labels).size === labels.length, ['labels'], 'each label stands once');
  if (head.kind === 'crf') {
    const fits = (row: readonly number[]): boolean => row.length === labels.length;
    expect(fits(head.start), ['head', 'start'], 'one score for each label');
    expect(fits(head.end), ['head', 'end'], 'one score for each label');
    const square = head.transitions.length === labels.length && head.transitions.every(fits);
    expect(square, ['head', 'transitions'], 'one score for each pair of labels');
  }
  // Some file systems do not tell letters of different case apart.
  const paths = new Set(files.map((file) => file.path.toLowerCase()));
  expect(paths.size === files.length, ['files'], 'each path stands once');
  expect(!paths.has(MANIFEST_FILE), ['files'], `${MANIFEST_FILE} does not list itself`);
  const listed = new Set(files.map((file) => file.path));
  for (const [place, path] of featureFiles(features)) {
    expect(listed.has(path), ['features', place], 'the file is among files');
  }
  expect(listed.has(graph.file), ['graph', 'file'], 'the file is among files');
  for (const [index, { text, entities }] of golden.entries()) {
    const inside = entities.every(({ start, end }) => start < end && end <= text.length);
    expect(inside, ['golden', String(index)], 'each entity lies in the text');
  }
  return found;
}

/** The files that features are made with, and where the manifest names each. */
function featureFiles(features: Features): (readonly [place: string, path: string])[] {
  switch (features.kind) {
    case 'word-features':
      return wordFiles(features);
    case 'pieces':
      return [
        ...features.tokenizer.map((path) => ['tokenizer', path] as const),
        ...(features.words === undefined ? [] : wordFiles(features.words)),
      ];
  }
}

function wordFiles({
  file,
  vectors,
}: {
  readonly file: string;
  readonly vectors?: string | undefined;
}): (readonly [place: string, path: string])[] {
  return vectors === undefined
    ? [['file', file]]
    : [
        ['file', file],
        ['vectors', vectors],
      ];
}

/** models/current.json: the pointer that serving follows. Changed by compare-and-swap only. */
export const pointerSchema = z.strictObject({
  modelId,
  /** Where the bundle's files are: `models/<id>/`. */
  prefix: z.string(),
  promotedAt: z.iso.datetime(),
  /** The model that was current before, for a rollback; null for the first one. */
  previous: modelId.nullable(),
});
export type Pointer = z.infer<typeof pointerSchema>;
