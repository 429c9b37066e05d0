import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { NerError } from '../../shared/ner-error.ts';

const share = z.number().min(0).max(1);
const count = z.int().nonnegative();

const figuresSchema = z.strictObject({ precision: share, recall: share, f1: share, support: count });

const splitSchema = z.strictObject({
  /** Entities, micro, seqeval's default mode. */
  entity: figuresSchema,
  /** Of the entities' F1, by the bootstrap. */
  f1Interval: z.strictObject({ low: share, high: share, level: share, resamples: count }),
  entityMacroF1: share,
  perType: z.record(z.string(), figuresSchema),
  /** Of words, O counted. */
  tokenAccuracy: share,
  tokenMacroF1: share,
});

/** A table of the report that a recipe has added, as it is printed there. */
const tableSchema = z.strictObject({
  title: z.string(),
  caption: z.string(),
  columns: z.array(z.string()),
  rows: z.array(z.array(z.string())),
});
export type ResultTable = z.infer<typeof tableSchema>;

const runSchema = z.strictObject({
  /** Which of the recipe's taggers, as `npm run reproduce -- --list` names it. */
  variant: z.string(),
  seed: count,
  /** Hash of settings, data and version: a run of the same one and the same seed is not made again. */
  fingerprint: z.string(),
  /** As it can be typed in the root of the repository. */
  command: z.string(),
  /** When it ended. */
  at: z.iso.datetime(),
  /** Of training, with the measuring on dev after each epoch, and in all its parts where it was stopped. */
  trainingSeconds: z.number().positive(),
  sentencesPerSecond: z.number().positive(),
  machine: z.strictObject({
    cpu: z.string(),
    cores: count,
    system: z.string(),
    node: z.string(),
    onnxruntime: z.string(),
    tagwright: z.string(),
  }),
  modelId: z.string(),
  /** Where the data were not those of the recipe, in words. */
  differences: z.array(z.string()),
  /** By split: dev, and test where there is one. */
  splits: z.record(z.string(), splitSchema),
  tables: z.array(tableSchema),
});
export type ResultRun = z.infer<typeof runSchema>;

/** docs/results/NAME.json: runs of a recipe, by `npm run reproduce`. All shares are in 0..1. */
export const recipeResultsSchema = z.strictObject({
  format: z.literal('tagwright-results'),
  formatVersion: z.literal(1),
  recipe: z.string(),
  runs: z.array(runSchema),
});
export type RecipeResults = z.infer<typeof recipeResultsSchema>;

/**
 * Results of a recipe; undefined where there is no such file.
 *
 * @throws {E_FILE_UNREADABLE} a file that is no results of a recipe
 */
export function readRecipeResults(file: string): RecipeResults | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return recipeResultsSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new NerError(
      'E_FILE_UNREADABLE',
      `${file}: is no results of a recipe: ${reason}. Remove it, and 'npm run reproduce' makes it anew.`,
      { cause },
    );
  }
}
