import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { readRecipeResults, type RecipeResults, type ResultRun } from '../../training/recipes/recipe-results.ts';

const byName = new Intl.Collator('en');

/**
 * The results with one run more. It takes the place of the same variant and seed, and of runs of the variant with other
 * settings or data: a mean over such would be of nothing.
 */
export function withRun(runs: readonly ResultRun[], run: ResultRun): ResultRun[] {
  const stay = runs.filter(
    ({ variant, seed, fingerprint }) =>
      variant !== run.variant || (seed !== run.seed && fingerprint === run.fingerprint),
  );
  return [...stay, run].sort((a, b) => byName.compare(a.variant, b.variant) || a.seed - b.seed);
}

/** Writes a run into the file at once, whole or not at all: what comes after may be stopped. */
export function addRun(file: string, recipe: string, run: ResultRun): void {
  const runs = withRun(readRecipeResults(file)?.runs ?? [], run);
  const results: RecipeResults = { format: 'tagwright-results', formatVersion: 1, recipe, runs };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, `${JSON.stringify(results, null, 2)}\n`);
  renameSync(`${file}.part`, file);
}
