import type { PlacedEntity, PlaceLocation } from '../../shared/places/placed-text.ts';

/** Places that tests put on maps. */
const LOCATIONS = {
  Vienna: { geonameid: 1, country: 'AT', latitude: 48.2, longitude: 16.4 },
  Berlin: { geonameid: 2, country: 'DE', latitude: 52.5, longitude: 13.4 },
  Perth: { geonameid: 3, country: 'AU', latitude: -31.95, longitude: 115.9 },
} as const;

/** A mention of a place, as `tagwright places` gives it. */
export function placed(text: string, role: PlacedEntity['role'], at?: string): PlacedEntity {
  const found = Object.entries(LOCATIONS).find(([name]) => name === at);
  const location: PlaceLocation | null =
    found === undefined ? null : { ...found[1], name: found[0], featureCode: 'PPLC', population: 1 };
  const offsets = { start: 0, end: text.length, startCp: 0, endCp: text.length };
  return { type: 'geo', text, ...offsets, score: 1, role, roleScore: role === null ? null : 0.9, location };
}
