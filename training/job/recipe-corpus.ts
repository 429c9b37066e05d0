import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sentence } from '../../shared/corpus/conll.ts';
import type { CorpusSource } from '../data/corpus.ts';
import type { MeasuredSplit } from '../report/report-input.ts';
import type { Appendix } from '../report/appendix.ts';
import { findRecipe } from '../recipes/index.ts';
import type { Measured, Recipe, RecipeCorpus } from '../recipes/recipe.ts';
import { parseOptions } from '../recipes/recipe-options.ts';
import { countDifferences, splitCounts } from '../recipes/split-counts.ts';
import { totalCounts, totalDifferences } from '../recipes/total-counts.ts';
import type { PreparedTagger } from '../train/prepared-tagger.ts';
import { recipeVectors } from './recipe-vectors.ts';
import { inFolder } from './run-folder.ts';
import type { ModelKind, SettingChange } from './settings.ts';
import type { JobEvent, RecipeJob, RecipeSource, TrainingJob } from './training-job.ts';

export interface RecipeRun<Job extends TrainingJob> {
  readonly job: Job;
  /** For the manifest; empty without a recipe. */
  readonly recipe: Readonly<Record<string, unknown>>;
  /** What the recipe adds to the report; undefined without a recipe. */
  readonly appendices:
    ((splits: readonly MeasuredSplit[], tagger: PreparedTagger) => Promise<readonly Appendix[]>) | undefined;
}

/**
 * Has a job's recipe read its files, and gives the job that trains on what came out: the splits are CoNLL files in a
 * folder of the run, under the hash of what they hold, and the recipe's settings come before those of the job. A job
 * without a recipe is given back as it is.
 *
 * @throws {E_USAGE} no such recipe, or an option that it does not have
 * @throws what the recipe throws for its files
 */
export async function* withRecipe<Job extends TrainingJob>(
  asked: Job | RecipeJob<Job>,
  { kind, folder }: { readonly kind: ModelKind; readonly folder: string },
): AsyncGenerator<Extract<JobEvent, { readonly type: 'prepared' }>, RecipeRun<Job>> {
  if (!isRecipeJob(asked)) return { job: asked, recipe: {}, appendices: undefined };
  const { corpus: source } = asked;
  const recipe = findRecipe(source.recipe);
  const options = parseOptions(recipe, source.options);
  const corpus = await recipe.read(source.path, options, { repair: asked.repair === true });
  const counts = splitCounts(corpus);
  const totals = totalDifferences(totalCounts(corpus), recipe.expectedTotals?.(options));
  // Parts of something else differ too, which says nothing more.
  const differences = totals.length > 0 ? totals : countDifferences(counts, recipe.expected(options));
  const written = writeSplits(recipe, corpus, join(folder, 'corpus'));
  const { notices } = corpus;
  const about = { recipe: recipe.name, options, counts, differences, notices };
  inFolder(written.dir, () => {
    writeFileSync(join(written.dir, 'prepared.json'), `${JSON.stringify(about, null, 2)}\n`);
  });
  const vectors = recipeVectors(recipe, kind, { named: asked.vectors, ownVectors: source.ownVectors ?? true });
  yield { type: 'prepared', recipe: recipe.name, differences, notices, vectors, dir: written.dir };
  const settings = (recipe.settings[kind] ?? []).map(({ path, value }): SettingChange => [path, value]);
  const job = {
    ...asked,
    corpus: written.files,
    vectors: vectors?.isInstalled === true ? vectors.name : asked.vectors,
    changes: [...settings, ...(asked.changes ?? [])],
  };
  return {
    job: job as unknown as Job,
    // Not the metric: it changes nothing of the model, and a run may be measured again with another.
    recipe: { recipe: { name: recipe.name, options } },
    appendices: async (splits, tagger) => appendicesOf(recipe, { source, options }, measured(splits, tagger)),
  };
}

function isRecipeJob<Job extends TrainingJob>(job: Job | RecipeJob<Job>): job is RecipeJob<Job> {
  return 'recipe' in job.corpus;
}

async function appendicesOf(
  recipe: Recipe,
  { source, options }: { readonly source: RecipeSource; readonly options: Readonly<Record<string, unknown>> },
  of: Measured,
): Promise<readonly Appendix[]> {
  return [
    ...((await recipe.appendices?.(of, options)) ?? []),
    ...(source.asPublished ? ((await recipe.asPublished?.(of, options)) ?? []) : []),
  ];
}

function measured(splits: readonly MeasuredSplit[], { tokenizer }: PreparedTagger): Measured {
  if (tokenizer === undefined) return { splits, countPieces: undefined };
  return {
    splits,
    countPieces: async (sentences) => {
      const encodings = await tokenizer.encodeSentences(sentences);
      return encodings.map(({ wordIds }, i) => {
        const counts = sentences[i]!.map(() => 0);
        for (const word of wordIds) counts[word]!++;
        return counts;
      });
    },
  };
}

/** Files that are CoNLL already stay where they are, so that whoever measures one of them later is told what it was. */
function writeSplits(
  { name }: Recipe,
  { train, dev, test, files }: RecipeCorpus,
  folder: string,
): { readonly dir: string; readonly files: CorpusSource } {
  const texts = Object.entries({ train, dev, ...(test === undefined ? {} : { test }) }).map(
    ([split, sentences]) => [split, conllText(sentences)] as const,
  );
  const hash = createHash('sha256');
  for (const [split, text] of texts) hash.update(`${split}\n${text}`);
  const dir = join(folder, `${name}-${hash.digest('hex').slice(0, 12)}`);
  inFolder(dir, () => {
    mkdirSync(dir, { recursive: true });
    if (files === undefined) for (const [split, text] of texts) writeFileSync(join(dir, `${split}.conll`), text);
  });
  const path = (split: string): string => join(dir, `${split}.conll`);
  const own = { train: path('train'), dev: path('dev'), ...(test === undefined ? {} : { test: path('test') }) };
  return { dir, files: files ?? own };
}

function conllText(sentences: readonly Sentence[]): string {
  return sentences.map(({ words, tags }) => `${words.map((word, i) => `${word}\t${tags[i]!}\n`).join('')}\n`).join('');
}
