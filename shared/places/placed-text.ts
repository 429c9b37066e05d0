import type { Entity } from '../contracts/tweet.ts';
import type { GazetteerEntry } from './geonames.ts';
import type { PlaceRole } from './target-chain.ts';

/** What `tagwright places` says of a place: an entity, what the text has it for, and where it is. */
export interface PlacedEntity extends Entity {
  /** `target`: what the text is about is there. Null where the second tagger says nothing, or there is none. */
  readonly role: 'target' | 'incidental' | null;
  /** The second tagger's calibrated probability for the span that gave the role, in 0..1. */
  readonly roleScore: number | null;
  /** Null where the gazetteer has no such name, or there is none. */
  readonly location: PlaceLocation | null;
}

/** A row of the gazetteer, in its own words. */
export interface PlaceLocation {
  readonly geonameid: number;
  readonly name: string;
  /** Two letters of ISO 3166; empty for places of no country. */
  readonly country: string;
  /** Degrees, WGS 84. */
  readonly latitude: number;
  readonly longitude: number;
  readonly featureCode: string;
  readonly population: number;
}

/** A line of what `tagwright places` writes. */
export interface PlacedText {
  readonly id: string;
  readonly places: readonly PlacedEntity[];
  readonly model: string;
  readonly targetModel: string | null;
  /** ISO 8601 in UTC. */
  readonly taggedAt: string;
}

export const ROLE_NAMES = { tar: 'target', inc: 'incidental' } as const satisfies Record<
  PlaceRole,
  PlacedEntity['role']
>;

export function locationOf(entry: GazetteerEntry): PlaceLocation {
  const { id, name, countryCode, latitude, longitude, featureCode, population } = entry;
  return { geonameid: id, name, country: countryCode, latitude, longitude, featureCode, population };
}
