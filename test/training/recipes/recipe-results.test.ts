import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readRecipeResults } from '../../../training/recipes/recipe-results.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('there are none where there is no file', () => {
  expect(readRecipeResults(join(tempFolder(), 'none.json'))).toBeUndefined();
});

test.each([
  ['a later format', '{"format":"tagwright-results","formatVersion":2,"recipe":"x","runs":[]}', 'formatVersion'],
  ['no JSON', '{"format"', 'JSON'],
])('fails when the file is %s, with its name', (_, text, reason) => {
  const file = join(tempFolder(), 'one.json');
  writeFileSync(file, text);
  const refused = refusal(() => readRecipeResults(file));
  expect(refused.startsWith(`E_FILE_UNREADABLE ${file}: is no results of a recipe: `)).toBe(true);
  expect(refused).toContain(reason);
});
