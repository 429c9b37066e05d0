import type { PlacedEntity, PlacedText, PlaceLocation } from '../../shared/places/placed-text.ts';

/** Mentions of a place by what the texts had it for. */
export interface RoleCounts {
  readonly target: number;
  readonly incidental: number;
  /** The second tagger said nothing, or there was none. */
  readonly unknown: number;
}

export interface LocatedPlace extends RoleCounts {
  readonly location: PlaceLocation;
  /** As it stands in the texts, the most frequent first. */
  readonly names: readonly string[];
}

export interface UnlocatedPlace extends RoleCounts {
  readonly name: string;
}

/** What places.json holds. */
export interface PlacesData {
  readonly model: string;
  readonly targetModel: string | null;
  /** Name of the gazetteer's file; null where there was none. */
  readonly gazetteer: string | null;
  readonly texts: number;
  readonly textsWithPlaces: number;
  readonly mentions: RoleCounts;
  /** The most frequent first. */
  readonly located: readonly LocatedPlace[];
  readonly unlocated: readonly UnlocatedPlace[];
}

/** Counts places as texts come; memory grows with the places and not with the texts. */
export interface PlacesCounter {
  add(text: Pick<PlacedText, 'places'>): void;
  data(about: Pick<PlacesData, 'model' | 'targetModel' | 'gazetteer'>): PlacesData;
}

interface Tally {
  readonly location: PlaceLocation | null;
  readonly names: Map<string, number>;
  readonly counts: Record<keyof RoleCounts, number>;
}

export function createPlacesCounter(): PlacesCounter {
  const tallies = new Map<string, Tally>();
  let [texts, textsWithPlaces] = [0, 0];
  const addPlace = ({ text, role, location }: PlacedEntity): void => {
    const key = location === null ? `name ${text.toLowerCase()}` : `id ${location.geonameid}`;
    let tally = tallies.get(key);
    if (tally === undefined) {
      tally = { location, names: new Map(), counts: { target: 0, incidental: 0, unknown: 0 } };
      tallies.set(key, tally);
    }
    tally.names.set(text, (tally.names.get(text) ?? 0) + 1);
    tally.counts[role ?? 'unknown'] += 1;
  };
  return {
    add: ({ places }) => {
      texts += 1;
      if (places.length > 0) textsWithPlaces += 1;
      for (const place of places) addPlace(place);
    },
    data: (about) => {
      const sorted = [...tallies.values()].sort(
        (a, b) => mentionsOf(b.counts) - mentionsOf(a.counts) || (namesOf(a)[0]! < namesOf(b)[0]! ? -1 : 1),
      );
      return {
        ...about,
        texts,
        textsWithPlaces,
        mentions: sumOf(sorted.map(({ counts }) => counts)),
        located: sorted.flatMap((tally) =>
          tally.location === null ? [] : [{ location: tally.location, names: namesOf(tally), ...tally.counts }],
        ),
        unlocated: sorted.flatMap((tally) =>
          tally.location === null ? [{ name: namesOf(tally)[0]!, ...tally.counts }] : [],
        ),
      };
    },
  };
}

export function mentionsOf({ target, incidental, unknown }: RoleCounts): number {
  return target + incidental + unknown;
}

function namesOf({ names }: Tally): readonly string[] {
  return [...names].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name]) => name);
}

function sumOf(counts: readonly RoleCounts[]): RoleCounts {
  const sum = (role: keyof RoleCounts): number => counts.reduce((all, count) => all + count[role], 0);
  return { target: sum('target'), incidental: sum('incidental'), unknown: sum('unknown') };
}
