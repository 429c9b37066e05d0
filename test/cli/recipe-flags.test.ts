import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { recipeSource } from '../../cli/recipe-flags.ts';
import { expectFails } from '../support/expect-fails.ts';

describe('recipeSource', () => {
  test('is nothing without a recipe', () => {
    expect(recipeSource('train', { corpus: 'data' }, ['--corpus', 'data'])).toBeUndefined();
  });

  test('has each option that was given, JSON as what it is and other text as text', () => {
    const rawArgs = ['--recipe', 'small', '--option', 'share=0.2', '--option=types=a=b', '--option', 'on=true'];
    expect(recipeSource('train', { recipe: 'small', corpus: 'data', option: 'on=true' }, rawArgs)).toEqual({
      recipe: 'small',
      path: resolve('data'),
      options: { share: 0.2, types: 'a=b', on: true },
      asPublished: false,
      ownVectors: true,
    });
  });

  test('says which metric and whether the recipe may use its own vectors', () => {
    const flags = { recipe: 'small', corpus: 'data', metric: 'as-published', vectors: 'none' };
    expect(recipeSource('train', flags, [])).toMatchObject({ asPublished: true, ownVectors: false });
    expect(recipeSource('train', { ...flags, metric: 'honest' }, [])).toMatchObject({ asPublished: false });
  });

  test('fails for options or a metric without a recipe', () => {
    expectFails(() => recipeSource('train', { option: 'a=1' }, []), 'E_USAGE', '--option belongs to a recipe');
    expectFails(() => recipeSource('train', { metric: 'honest' }, []), 'E_USAGE', '--metric belongs to a recipe');
  });

  test('fails without a corpus, and for what is no NAME=VALUE', () => {
    expectFails(() => recipeSource('tune', { recipe: 'small' }, []), 'E_USAGE', 'tagwright tune: --recipe small needs');
    const flags = { recipe: 'small', corpus: 'data' };
    expectFails(() => recipeSource('train', flags, ['--option', 'share']), 'E_USAGE', "got 'share'");
    expectFails(() => recipeSource('train', flags, ['--option', '=1']), 'E_USAGE', "got '=1'");
  });
});
