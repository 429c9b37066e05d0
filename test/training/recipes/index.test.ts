import { expect, test } from 'vitest';
import { findRecipe, recipes } from '../../../training/recipes/index.ts';
import { expectFails } from '../../support/expect-fails.ts';

test('each recipe is found by its name, and no two have the same', () => {
  for (const recipe of recipes) expect(findRecipe(recipe.name)).toBe(recipe);
});

test('fails for another name, with those there are', () => {
  expectFails(() => findRecipe('cookbook'), 'E_USAGE', "got 'cookbook'; expected one of twitter-wnut16");
});
