import { describe, expect, test } from 'vitest';
import { colourOf, TYPE_COLOURS } from '../../../functions/console/app/type-colour.ts';

describe('the colour of a type', () => {
  test('is there for the ten types of WNUT16', () => {
    expect(Object.keys(TYPE_COLOURS).sort()).toEqual([
      'company',
      'facility',
      'geo-loc',
      'movie',
      'musicartist',
      'other',
      'person',
      'product',
      'sportsteam',
      'tvshow',
    ]);
  });

  test('is always the same for a type that is in no table', () => {
    expect(colourOf('creative-work')).toEqual(colourOf('creative-work'));
    expect(colourOf('creative-work')).not.toEqual(colourOf('group'));
    expect(colourOf('constructor').chroma).toBe(1);
  });
});
