import { expect, test } from 'vitest';
import { countryCodes } from '../../../shared/places/country-names.ts';

test.each([
  ['china', 'CN'],
  ['united states', 'US'],
  ['us', 'US'],
  ['georgia', 'GE'],
  ['cote divoire', 'CI'],
  ['paris', undefined],
])('%s is %s', (key, code) => {
  expect(countryCodes.get(key)).toBe(code);
});
