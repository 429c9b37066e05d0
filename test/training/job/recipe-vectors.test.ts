import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { recipeVectors } from '../../../training/job/recipe-vectors.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test("a recipe's vectors take the place of none, for its kind of tagger, and are looked for", () => {
  const file = join(tempFolder(), 'vectors.txt');
  writeFileSync(file, 'rain 0 1\n');
  const vectors = { words: { name: file, why: 'rare words' } };
  const asked = { named: undefined, ownVectors: true };
  expect(recipeVectors({ vectors }, 'words', asked)).toEqual({ name: file, why: 'rare words', isInstalled: true });
  const missing = { words: { name: `${file}.gz`, why: 'rare words' } };
  expect(recipeVectors({ vectors: missing }, 'words', asked)).toMatchObject({ isInstalled: false });
  expect(recipeVectors({ vectors }, 'encoder', asked)).toBeUndefined();
  expect(recipeVectors({}, 'words', asked)).toBeUndefined();
  expect(recipeVectors({ vectors }, 'words', { ...asked, named: 'other.txt' })).toBeUndefined();
  expect(recipeVectors({ vectors }, 'words', { ...asked, ownVectors: false })).toBeUndefined();
});
