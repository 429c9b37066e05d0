import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { feature } from 'topojson-client';

/** Countries as polygons: Natural Earth at 1:110 million (public domain) by the package world-atlas. */
const ATLAS = fileURLToPath(import.meta.resolve('world-atlas/countries-110m.json'));

/** Longitude and latitude, in degrees; longitudes may lie beyond 180 where a country does. */
type Position = readonly [number, number];
/** The outer ring, then holes. */
type Polygon = readonly (readonly Position[])[];

export interface WorldOutlines {
  readonly type: 'FeatureCollection';
  readonly features: readonly {
    readonly type: 'Feature';
    readonly properties: { readonly name: string };
    readonly geometry: { readonly type: 'MultiPolygon'; readonly coordinates: readonly Polygon[] };
  }[];
}

type Topology = Parameters<typeof feature>[0];

/**
 * Countries of the world as GeoJSON for a flat map. The atlas has rings that cross the 180th meridian, which would be drawn
 * as a line around the world: here they go on beyond it, once on each side of the map.
 */
export function worldOutlines(): WorldOutlines {
  const topology = JSON.parse(readFileSync(ATLAS, 'utf8')) as Topology;
  const collection = feature(topology, topology.objects['countries']!);
  const features = 'features' in collection ? collection.features : [collection];
  return {
    type: 'FeatureCollection',
    features: features.map(({ geometry, properties }) => ({
      type: 'Feature',
      properties: { name: String(properties?.['name'] ?? '') },
      geometry: { type: 'MultiPolygon', coordinates: polygonsOf(geometry).flatMap(flat) },
    })),
  };
}

function polygonsOf(geometry: { readonly type: string; readonly coordinates?: unknown }): readonly Polygon[] {
  if (geometry.type === 'Polygon') return [geometry.coordinates as Polygon];
  return geometry.type === 'MultiPolygon' ? (geometry.coordinates as readonly Polygon[]) : [];
}

/** The polygon, and where it crosses the 180th meridian its copies a turn to the east and to the west. */
export function flat(polygon: Polygon): readonly Polygon[] {
  const rings = polygon.map(unwrapped);
  const crosses = rings.some((ring) => ring.some(([longitude]) => longitude < -180 || longitude > 180));
  if (!crosses) return [rings];
  return [-360, 0, 360].map((turn) => rings.map((ring) => ring.map(([x, y]): Position => [x + turn, y])));
}

/** A ring whose longitudes do not jump; one that goes around the south pole is closed there. */
function unwrapped(ring: readonly Position[]): readonly Position[] {
  const positions: Position[] = [];
  for (const [longitude, latitude] of ring) {
    const before = positions.at(-1)?.[0] ?? longitude;
    positions.push([longitude + 360 * Math.round((before - longitude) / 360), latitude]);
  }
  const [first, last] = [positions[0]![0], positions.at(-1)![0]];
  if (Math.abs(last - first) < 180) return positions;
  return [...positions, [last, -90], [first, -90], positions[0]!];
}
