import { hasVectors } from '../data/vectors.ts';
import type { Recipe, RecipeVectors } from '../recipes/recipe.ts';
import type { ModelKind } from './settings.ts';

/** The word vectors that a recipe names. */
export interface FoundVectors extends RecipeVectors {
  readonly isInstalled: boolean;
}

export interface AskedVectors {
  /** Vectors that the job names. */
  readonly named: string | undefined;
  /** Whether those of the recipe may take their place. */
  readonly ownVectors: boolean;
}

/** The recipe's vectors for a kind of tagger; undefined where it has none, or the job says itself what it wants. */
export function recipeVectors(
  { vectors }: Pick<Recipe, 'vectors'>,
  kind: ModelKind,
  { named, ownVectors }: AskedVectors,
): FoundVectors | undefined {
  const own = vectors?.[kind];
  if (own === undefined || named !== undefined || !ownVectors) return undefined;
  return { ...own, isInstalled: hasVectors(own.name) };
}
