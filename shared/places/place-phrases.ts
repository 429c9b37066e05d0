import { spansOf, type WordSpan } from '../labels/spans.ts';

/** Types that the geoparser's first tagger gives to places: cities and regions, countries, organisations. */
export const PLACE_TYPES = ['geo', 'gpe', 'org'] as const;

/**
 * Places in the first tagger's tags, one a span, of the types that are places. Words of two spans that stand side by side
 * are one phrase in `phrasesOf`.
 */
export function placesIn(tags: readonly string[], types: ReadonlySet<string>): readonly WordSpan[] {
  return spansOf(tags).filter(({ type }) => types.has(type));
}

/**
 * Words in a row that belong to places, as the labels of targets were made: `Austin Texas` is one phrase, whether or not
 * the tagger began a second place at `Texas`. A phrase has the type of its first place.
 *
 * @param places by start, without overlap
 */
export function phrasesOf(places: readonly WordSpan[]): readonly WordSpan[] {
  const phrases: WordSpan[] = [];
  for (const place of places) {
    const before = phrases.at(-1);
    if (before?.end === place.start) phrases[phrases.length - 1] = { ...before, end: place.end };
    else phrases.push(place);
  }
  return phrases;
}
