import { NerError } from '../../shared/ner-error.ts';
import { geoparserTarget } from './geoparser-target.ts';
import { geoparser } from './geoparser.ts';
import type { Recipe } from './recipe.ts';
import { twitterWnut16 } from './twitter-wnut16.ts';
import { unNer } from './un-ner.ts';
import { videoComments } from './video-comments.ts';

/** All recipes, in the order in which they are listed. */
export const recipes: readonly Recipe[] = [twitterWnut16, geoparser, geoparserTarget, unNer, videoComments];

/** @throws {E_USAGE} naming those there are */
export function findRecipe(name: string): Recipe {
  const found = recipes.find((recipe) => recipe.name === name);
  if (found !== undefined) return found;
  throw new NerError(
    'E_USAGE',
    `recipe: there is no such recipe, got '${name}'; expected one of ${recipes.map((recipe) => recipe.name).join(', ')}. 'tagwright recipes' says what each is.`,
  );
}
