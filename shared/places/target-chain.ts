import { spansOf, type WordSpan } from '../labels/spans.ts';
import type { Predictor, ScoredTags } from '../model/predictor.ts';
import { markPlaces, withoutMarkers } from './marked-words.ts';
import { phrasesOf, placesIn } from './place-phrases.ts';
import { uncased } from './uncased.ts';

/** `tar`: what the text is about is there. `inc`: the place is only mentioned. */
export type PlaceRole = 'tar' | 'inc';

/** A span over words, with the tagger's calibrated probability for its tags, in 0..1. */
export interface ScoredSpan extends WordSpan {
  readonly score: number;
}

/** A place of the first tagger; its role is null where the second tagger says nothing of it, or there is none. */
export interface ChainedPlace extends ScoredSpan {
  readonly role: PlaceRole | null;
  /** Of the span that gave the role. */
  readonly roleScore: number | null;
}

export interface ChainedSentence {
  readonly places: readonly ChainedPlace[];
  /** Spans of the second tagger that meet a place of the first: its types are `tar` and `inc`. */
  readonly roles: readonly ScoredSpan[];
  /** How many of its spans meet none, and were dropped. */
  readonly unmet: number;
}

export interface TargetTagger {
  readonly predictor: Pick<Predictor, 'predictScored'>;
  /** As it was trained: on words, or on words with the first tagger's places marked. */
  readonly input: 'text' | 'tagged';
}

/** A sentence as the first tagger left it. */
export interface FirstTagged {
  readonly words: readonly string[];
  /** By start, without overlap. */
  readonly places: readonly ScoredSpan[];
}

/** Places in the first tagger's tags, of the types that are places. */
export function scoredPlaces({ tags, calibrated }: ScoredTags, types: ReadonlySet<string>): readonly ScoredSpan[] {
  const scores = new Map(spansOf(tags).map(({ start }, i) => [start, calibrated.entities[i]!]));
  return placesIn(tags, types).map((place) => ({ ...place, score: scores.get(place.start)! }));
}

/**
 * Gives places their roles. The second tagger reads the words as step-4 files have them, in lower case and without accents;
 * of its spans those count that share a word with a place of the first tagger, and a place has the role of the surest of
 * the spans that it shares a word with. Without a second tagger no place has a role.
 */
export async function withRoles(
  sentences: readonly FirstTagged[],
  target: TargetTagger | undefined,
): Promise<readonly ChainedSentence[]> {
  if (target === undefined) {
    return sentences.map(({ places }) => ({ places: places.map(withoutRole), roles: [], unmet: 0 }));
  }
  const marked = sentences.map(({ words, places }) =>
    markPlaces(words.map(uncased), target.input === 'tagged' ? phrasesOf(places) : []),
  );
  const scored = await target.predictor.predictScored(marked.map(({ words }) => words));
  return sentences.map(({ places }, i) => {
    const { tags, calibrated } = scored[i]!;
    const spans = withoutMarkers(spansOf(tags), marked[i]!).map(({ type, start, end, index }): ScoredSpan => ({
      type,
      start,
      end,
      score: calibrated.entities[index]!,
    }));
    const roles = spans.filter((span) => places.some((place) => meets(place, span)));
    return { places: places.map((place) => withRole(place, roles)), roles, unmet: spans.length - roles.length };
  });
}

function withoutRole(place: ScoredSpan): ChainedPlace {
  return { ...place, role: null, roleScore: null };
}

function withRole(place: ScoredSpan, roles: readonly ScoredSpan[]): ChainedPlace {
  const surest = roles.filter((span) => meets(place, span)).sort((a, b) => b.score - a.score)[0];
  if (surest === undefined) return withoutRole(place);
  return { ...place, role: surest.type === 'tar' ? 'tar' : 'inc', roleScore: surest.score };
}

function meets(a: WordSpan, b: WordSpan): boolean {
  return a.start < b.end && b.start < a.end;
}
