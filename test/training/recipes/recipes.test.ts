import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { defaultSettings, withSettings, type SettingChange } from '../../../training/job/settings.ts';
import { recipes } from '../../../training/recipes/index.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import type { Recipe } from '../../../training/recipes/recipe.ts';
import { countDifferences, splitCounts } from '../../../training/recipes/split-counts.ts';
import { valuesOf } from '../../../training/tune/space.ts';
import { sharedFolder } from '../../support/shared-corpora.ts';

interface OptionsSchema {
  readonly properties?: Readonly<Record<string, { readonly description?: string; readonly default?: unknown }>>;
}

/** The data of recipes that are read in a moment, below ../shared/data. */
const SHARED_DATA: Readonly<Record<string, string>> = { 'twitter-wnut16': 'wnut16' };

const changesOf = (recipe: Recipe, kind: 'encoder' | 'words'): readonly SettingChange[] =>
  (recipe.settings[kind] ?? []).map(({ path, value }) => [path, value]);

describe.each(recipes.map((recipe) => [recipe.name, recipe] as const))('%s', (name, recipe) => {
  test('says what it is, where its data is from and under what licence', () => {
    expect(name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
    const { summary, input, source } = recipe;
    for (const text of [summary, input, source.citation, source.licence]) expect(text.trim()).not.toBe('');
    expect(URL.canParse(source.url)).toBe(true);
  });

  test('has a default and a description for each option', () => {
    const { properties = {} } = z.toJSONSchema(recipe.options, { io: 'input' }) as OptionsSchema;
    const lacking = Object.entries(properties)
      .filter(([, { description = '' }]) => description === '')
      .map(([option]) => option);
    expect(lacking).toEqual([]);
    // Whoever gives no option gets a run.
    expect(Object.keys(parseOptions(recipe, {})).sort()).toEqual(
      Object.entries(properties)
        .filter(([, option]) => 'default' in option)
        .map(([option]) => option)
        .sort(),
    );
  });

  test.each(['encoder', 'words'] as const)('has settings with reasons that a tagger of kind %s takes', (kind) => {
    const settings = withSettings(defaultSettings[kind], changesOf(recipe, kind));
    expect(settings.model.kind).toBe(kind);
    for (const { why } of recipe.settings[kind] ?? []) expect(why.trim()).not.toBe('');
  });

  test('has a space whose every value is a setting', () => {
    const { space } = recipe;
    if (space === undefined) return;
    for (const kind of space.kind === undefined ? (['encoder', 'words'] as const) : [space.kind]) {
      const base = withSettings(defaultSettings[kind], changesOf(recipe, kind));
      for (const [path, dimension] of Object.entries(space.dimensions)) {
        for (const value of valuesOf(dimension) ?? []) withSettings(base, [[path, value]]);
      }
    }
    expect(space.maxEpochs).toBeGreaterThan(0);
  });

  test('has published figures that are numbers', () => {
    for (const { figure, value } of recipe.published) {
      expect(figure.trim()).not.toBe('');
      expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  const folder = SHARED_DATA[name];
  const path = folder === undefined ? undefined : join(sharedFolder, 'data', folder);
  // Corpora that may not be committed: the test needs them beside the repository.
  test.skipIf(path === undefined || !existsSync(path))('reads its own data to the counts that it expects', async () => {
    const options = parseOptions(recipe, {});
    const corpus = await recipe.read(path!, options, { repair: false });
    expect(recipe.expected(options)).toBeDefined();
    expect(countDifferences(splitCounts(corpus), recipe.expected(options))).toEqual([]);
    expect(corpus.notices).toEqual([]);
  });
});
