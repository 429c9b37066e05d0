import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';
import { findRecipe, recipes } from '../../training/recipes/index.ts';
import { readRecipeResults } from '../../training/recipes/recipe-results.ts';
import type { Reproduction } from './plan.ts';
import { resultsPage } from './results-page.ts';

/** The page that the files in a folder give, laid out as `npm run format` would. */
export async function pageOf(plan: readonly Reproduction[], results: string): Promise<string> {
  const known = plan.filter(({ recipe }) => recipes.some(({ name }) => name === recipe));
  const entries = known.map((reproduction) => ({
    reproduction,
    recipe: findRecipe(reproduction.recipe),
    results: readRecipeResults(join(results, `${reproduction.recipe}.json`)),
  }));
  return format(resultsPage(entries), { parser: 'markdown', printWidth: 120 });
}

/** Writes docs/results.md from docs/results. */
export async function writeResultsPage(plan: readonly Reproduction[], docs: string): Promise<string> {
  const file = join(docs, 'results.md');
  writeFileSync(file, await pageOf(plan, join(docs, 'results')));
  return file;
}
