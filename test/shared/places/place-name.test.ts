import fc from 'fast-check';
import { expect, test } from 'vitest';
import { mentionKey, nameKey } from '../../../shared/places/place-name.ts';

test.each([
  ['São Paulo', 'sao paulo'],
  ['St. Louis', 'st louis'],
  ["Coeur d'Alene", 'coeur dalene'],
  ['Stratford-upon-Avon', 'stratford upon avon'],
  ['U.S.A.', 'usa'],
  ['Αθήνα', 'αθήνα'],
])('the key of %s is %s, in a gazetteer and in a text', (name, key) => {
  expect(nameKey(name)).toBe(key);
  expect(mentionKey(name)).toBe(key);
});

test.each([
  ['#NewYork', 'new york'],
  ["Glasgow's", 'glasgow'],
  ['"Leeds"', 'leeds'],
])('the key of %s in a text is %s', (mention, key) => {
  expect(mentionKey(mention)).toBe(key);
});

test('a key is its own key', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (name) => {
      expect(nameKey(nameKey(name))).toBe(nameKey(name));
    }),
  );
});
