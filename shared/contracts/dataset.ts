import { z } from 'zod';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const count = z.int().nonnegative();

/** A dataset's or test set's name: a part of a key, of a job's name and of a URL. */
export const datasetNameSchema = z.string().regex(/^[a-z0-9](?:-?[a-z0-9]){0,31}$/);

/** The content of a dataset, as 16 hex digits: the first of the SHA-256 of its manifest without `version`. */
export const datasetVersionSchema = z.string().regex(/^[0-9a-f]{16}$/);

/** What an uploader may bring at most: a file is read as one string, and V8's have 2^29 characters. */
export const DATASET_LIMITS = { fileBytes: 2 ** 28, sentences: 5_000_000, types: 200 } as const;

export const DATASET_SPLITS = ['train', 'dev', 'test'] as const;

/** One CoNLL file: the word in the first column, its BIO tag in the last. */
export const datasetFileSchema = z.strictObject({
  split: z.enum(DATASET_SPLITS),
  path: z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$/),
  sizeBytes: z.int().positive().max(DATASET_LIMITS.fileBytes),
  sha256,
  sentences: z.int().positive().max(DATASET_LIMITS.sentences),
  tokens: z.int().positive(),
});
export type DatasetFile = z.infer<typeof datasetFileSchema>;

/**
 * `datasets/NAME/VERSION/manifest.json`, written after the files that it names and only if it is not there: that it appears
 * is what starts training. It has no time in it, so that the same files are the same version however often they are uploaded.
 */
export const datasetManifestSchema = z
  .strictObject({
    format: z.literal('tagwright-dataset'),
    formatVersion: z.literal(1),
    name: datasetNameSchema,
    version: datasetVersionSchema,
    files: z.array(datasetFileSchema).min(1).max(DATASET_SPLITS.length),
    /** Entity types of train and dev, sorted. */
    types: z.array(z.string().min(1).max(100)).min(1).max(DATASET_LIMITS.types),
    /** Trains again on the same files: two manifests that differ in this alone are two versions. */
    nonce: z.string().max(64).optional(),
  })
  .superRefine(({ files }, context) => {
    const splits = files.map(({ split }) => split);
    if (new Set(splits).size < splits.length) context.addIssue('a split is named twice');
    if (new Set(files.map(({ path }) => path)).size < files.length) context.addIssue('a path is named twice');
    if (!splits.includes('train')) context.addIssue('there is no train file');
  });
export type DatasetManifest = z.infer<typeof datasetManifestSchema>;

/** `frozen/NAME/manifest.json`: the test set of a dataset's name, the same for all its versions. */
export const frozenTestSchema = z.strictObject({
  format: z.literal('tagwright-frozen-test'),
  formatVersion: z.literal(1),
  name: datasetNameSchema,
  /** Key of the CoNLL file, `frozen/NAME/SHA256/test.conll`: alone in its folder, which is a channel of training jobs. */
  key: z.string(),
  sha256,
  sentences: z.int().positive(),
  tokens: count,
  /** The dataset version whose test split it was; left out for one that an operator brought. */
  fromVersion: datasetVersionSchema.optional(),
});
export type FrozenTest = z.infer<typeof frozenTestSchema>;
