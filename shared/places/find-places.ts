import { entitiesOfWords } from '../model/text-entities.ts';
import type { Predictor } from '../model/predictor.ts';
import { tokenizeTweet } from '../text/tweet-tokenizer.ts';
import { locate } from './locate.ts';
import { locationOf, ROLE_NAMES, type PlacedEntity } from './placed-text.ts';
import type { GazetteerHits } from './geonames.ts';
import { scoredPlaces, withRoles, type TargetTagger } from './target-chain.ts';

export interface PlaceTaggers {
  /** Finds places. */
  readonly first: Pick<Predictor, 'predictScored'>;
  /** Which of its types are places. */
  readonly types: ReadonlySet<string>;
  /** Says which of them are targets; without it no place has a role. */
  readonly target: TargetTagger | undefined;
}

export interface PlacesInText {
  /** By start; no location has been looked up. */
  readonly places: readonly PlacedEntity[];
  /** Spans of the second tagger that met no place, and were dropped. */
  readonly unmet: number;
}

/** The places of each text, with their roles, in the order of the texts. */
export async function findPlaces(
  texts: readonly string[],
  { first, types, target }: PlaceTaggers,
): Promise<readonly PlacesInText[]> {
  const tokens = texts.map((text) => tokenizeTweet(text));
  const words = tokens.map((ofText) => ofText.map(({ text }) => text));
  const tagged = await first.predictScored(words);
  const sentences = words.map((ofText, i) => ({ words: ofText, places: scoredPlaces(tagged[i]!, types) }));
  const chained = await withRoles(sentences, target);
  return chained.map(({ places, unmet }, i) => {
    const scores = places.map(({ score }) => score);
    const entities = entitiesOfWords({ text: texts[i]!, tokens: tokens[i]!, spans: places, scores });
    return {
      places: entities.map((entity, p) => {
        const { role, roleScore } = places[p]!;
        return { ...entity, role: role === null ? null : ROLE_NAMES[role], roleScore, location: null };
      }),
      unmet,
    };
  });
}

/** The places of one text with their locations, which depend on each other: see `locate`. */
export function withLocations(places: readonly PlacedEntity[], hits: GazetteerHits): readonly PlacedEntity[] {
  const entries = locate(places, hits);
  return places.map((place, i) => {
    const entry = entries[i];
    return { ...place, location: entry === undefined ? null : locationOf(entry) };
  });
}
