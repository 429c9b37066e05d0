import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spansOf, tagsOf, type WordSpan } from '../../../shared/labels/spans.ts';
import { markerOf, markPlaces, markTags, withoutMarkers } from '../../../shared/places/marked-words.ts';
import { phrasesOf, placesIn } from '../../../shared/places/place-phrases.ts';

test('a marker stands before each phrase', () => {
  const { words, positions } = markPlaces(
    ['in', 'new', 'york', ',', 'usa'],
    [
      { type: 'geo', start: 1, end: 3 },
      { type: 'gpe', start: 4, end: 5 },
    ],
  );
  expect(words).toEqual(['in', '[geo]', 'new', 'york', ',', '[gpe]', 'usa']);
  expect(positions).toEqual([0, 2, 3, 4, 6]);
});

test('types that step-4 files do not have are marked as geo', () => {
  expect(['geo', 'GPE', 'ORG', 'location', 'geo-loc'].map(markerOf)).toEqual([
    '[geo]',
    '[gpe]',
    '[org]',
    '[geo]',
    '[geo]',
  ]);
});

test('places side by side are one phrase, of the type of the first', () => {
  const tags = ['B-geo', 'B-gpe', 'I-gpe', 'O', 'B-org', 'B-per', 'I-geo'];
  const places = placesIn(tags, new Set(['geo', 'gpe', 'org']));
  expect(places.length).toBe(4);
  expect(phrasesOf(places)).toEqual([
    { type: 'geo', start: 0, end: 3 },
    { type: 'org', start: 4, end: 5 },
    { type: 'geo', start: 6, end: 7 },
  ]);
});

/** Spans without overlap over so many words. */
const spans = (length: number): fc.Arbitrary<WordSpan[]> =>
  fc
    .array(fc.constantFrom('O', 'B-tar', 'I-tar', 'B-inc', 'I-inc'), { minLength: length, maxLength: length })
    .map((tags) => [...spansOf(tags)]);

test('tags that were marked come back without markers', () => {
  const cases = fc
    .integer({ min: 1, max: 12 })
    .chain((length) => fc.tuple(fc.constant(length), spans(length), spans(length)));
  fc.assert(
    fc.property(cases, ([length, phrases, labelled]) => {
      const words = Array.from({ length }, (_, i) => `w${i}`);
      const marked = markPlaces(words, phrases);
      expect(marked.positions.map((at) => marked.words[at])).toEqual(words);
      // A span that a marker cuts in two comes back as parts that cover the same words.
      const back = withoutMarkers(spansOf(markTags(tagsOf(labelled, length), marked)), marked);
      const covered = (of: readonly WordSpan[]): string[] =>
        of.flatMap(({ type, start, end }) => Array.from({ length: end - start }, (_, i) => `${start + i} ${type}`));
      expect(covered(back)).toEqual(covered(labelled));
    }),
  );
});

test('markers at the ends of a span, and spans of nothing else, go', () => {
  const marked = markPlaces(
    ['a', 'b', 'c'],
    [
      { type: 'geo', start: 0, end: 1 },
      { type: 'geo', start: 2, end: 3 },
    ],
  );
  // [geo] a b [geo] c
  const found = [
    { type: 'tar', start: 0, end: 1 },
    { type: 'tar', start: 1, end: 4 },
    { type: 'inc', start: 3, end: 5 },
  ];
  expect(withoutMarkers(found, marked)).toEqual([
    { type: 'tar', start: 0, end: 2, index: 1 },
    { type: 'inc', start: 2, end: 3, index: 2 },
  ]);
});
