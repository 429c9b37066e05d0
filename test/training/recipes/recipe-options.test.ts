import { expect, test } from 'vitest';
import { z } from 'zod';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import { twitterWnut16 } from '../../../training/recipes/twitter-wnut16.ts';
import { expectFails } from '../../support/expect-fails.ts';

const recipe = {
  ...twitterWnut16,
  name: 'small',
  options: z.strictObject({ types: z.enum(['all', 'places']).default('all'), share: z.number().max(1).default(0.1) }),
};

test('what is not given has its default', () => {
  expect(parseOptions(recipe, {})).toEqual({ types: 'all', share: 0.1 });
  expect(parseOptions(recipe, { share: 0.2 })).toEqual({ types: 'all', share: 0.2 });
});

test('fails for a value out of range, and for an option that there is not, with what was given', () => {
  expectFails(() => parseOptions(recipe, { types: 'few' }), 'E_USAGE', 'got types="few"');
  expectFails(() => parseOptions(recipe, { share: 2 }), 'E_USAGE', 'got share=2');
  expectFails(() => parseOptions(recipe, { speed: 1 }), 'E_USAGE', 'got speed. ');
  expectFails(() => parseOptions(recipe, { speed: 1 }), 'E_USAGE', "'tagwright recipes small' lists its options");
});
