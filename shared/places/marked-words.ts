import type { WordSpan } from '../labels/spans.ts';
import { PLACE_TYPES } from './place-phrases.ts';

/** Words with a marker before each place: what a tagger of targets reads when it is given the first tagger's output. */
export interface MarkedWords {
  readonly words: readonly string[];
  /** For each word without markers, where it stands among `words`. */
  readonly positions: readonly number[];
}

/**
 * What stands before a place of a type, a word of its own: `[geo] glasgow`. Its tag is O. A place of a type that step-4 files
 * do not have, such as `location`, is marked as `geo`: the second tagger has seen no other markers than these.
 */
export function markerOf(type: string): string {
  const known = PLACE_TYPES.find((name) => name === type.toLowerCase()) ?? 'geo';
  return `[${known}]`;
}

/** @param phrases by start, without overlap */
export function markPlaces(words: readonly string[], phrases: readonly WordSpan[]): MarkedWords {
  const types = new Map(phrases.map(({ start, type }) => [start, type]));
  const marked: string[] = [];
  const positions: number[] = [];
  for (const [i, word] of words.entries()) {
    const type = types.get(i);
    if (type !== undefined) marked.push(markerOf(type));
    positions.push(marked.length);
    marked.push(word);
  }
  return { words: marked, positions };
}

/** Tags of marked words from those of the words: markers are O, also inside what is tagged. */
export function markTags(tags: readonly string[], { words, positions }: MarkedWords): string[] {
  const marked = new Array<string>(words.length).fill('O');
  for (const [i, position] of positions.entries()) marked[position] = tags[i]!;
  return marked;
}

/**
 * Spans over marked words as spans over the words. Markers at the ends of a span go; a span of nothing else is left out, and
 * `index` says which span of the given ones each was.
 */
export function withoutMarkers(
  spans: readonly WordSpan[],
  { positions }: MarkedWords,
): readonly (WordSpan & { readonly index: number })[] {
  const before = (position: number): number => positions.filter((at) => at < position).length;
  return spans.flatMap(({ type, start, end }, index) => {
    const [from, to] = [before(start), before(end)];
    return from < to ? [{ type, start: from, end: to, index }] : [];
  });
}
