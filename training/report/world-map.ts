import { registerMap } from 'echarts/core';
import { mentionsOf, type LocatedPlace, type RoleCounts } from './places-data.ts';
import { LEGEND, SERIES_COLOURS, STILL, type ChartOption } from './svg-chart.ts';
import { worldOutlines } from './world-outlines.ts';

const MAP = 'world';

/** As 1:110 million shows no more detail, at least so many degrees are seen. */
const LEAST_WIDTH = 60;
const LEAST_HEIGHT = 30;
/** Around the outermost places, as a share of what is seen. */
const MARGIN = 0.15;

/** Places whose names are written beside them. */
const LABELLED = 15;

const SERIES: readonly { readonly role: keyof RoleCounts; readonly name: string }[] = [
  // Drawn in this order: a target is never hidden.
  { role: 'unknown', name: 'no role' },
  { role: 'incidental', name: 'incidental' },
  { role: 'target', name: 'target' },
];
const COLOURS: Readonly<Record<keyof RoleCounts, string>> = {
  target: SERIES_COLOURS[1],
  incidental: SERIES_COLOURS[0],
  unknown: 'var(--muted)',
};

let registered = false;

function registerWorld(): void {
  if (registered) return;
  registerMap(MAP, JSON.stringify(worldOutlines()));
  registered = true;
}

/**
 * Places on a map of the world, or of the part of it that has them all: a circle for each, as wide as its mentions are many,
 * in the colour of the role that it has most often. The most frequent ones have their names beside them.
 */
export function worldMap(places: readonly LocatedPlace[]): ChartOption {
  registerWorld();
  const most = Math.max(1, ...places.map(mentionsOf));
  const labelled = new Set(places.slice(0, LABELLED));
  const series = SERIES.filter(({ role }) => places.some((place) => mainRole(place) === role));
  return {
    legend: { ...LEGEND, itemWidth: 12, itemHeight: 12, data: series.map(({ name }) => name).reverse() },
    geo: {
      map: MAP,
      silent: true,
      roam: false,
      boundingCoords: boundsOf(places),
      clip: true,
      left: 0,
      right: 0,
      top: 30,
      bottom: 0,
      itemStyle: { areaColor: 'var(--raised)', borderColor: 'var(--muted)', borderWidth: 0.5 },
      emphasis: { disabled: true },
    },
    series: series.map(({ role, name }) => ({
      ...STILL,
      name,
      type: 'scatter' as const,
      coordinateSystem: 'geo' as const,
      color: COLOURS[role],
      itemStyle: { color: COLOURS[role], opacity: 0.85, borderColor: 'var(--page)', borderWidth: 1 },
      labelLayout: { hideOverlap: true },
      data: places
        .filter((place) => mainRole(place) === role)
        .map((place) => ({
          name: place.location.name,
          value: [place.location.longitude, place.location.latitude],
          // The area, not the width, grows with the mentions.
          symbolSize: 6 + 16 * Math.sqrt(mentionsOf(place) / most),
          label: {
            show: labelled.has(place),
            formatter: '{b}',
            position: 'right',
            color: 'var(--text)',
            textBorderColor: 'var(--page)',
            textBorderWidth: 2,
            fontSize: 12,
          },
        })),
    })),
  };
}

/** The role that a place has most often; target where it is even. */
export function mainRole({ target, incidental, unknown }: RoleCounts): keyof RoleCounts {
  if (target > 0 && target >= incidental) return 'target';
  return incidental > 0 ? 'incidental' : unknown > 0 ? 'unknown' : 'incidental';
}

/** North-west and south-east corner of what is seen, in degrees [longitude, latitude]. */
export function boundsOf(places: readonly LocatedPlace[]): [[number, number], [number, number]] {
  const [west, east] = rangeOf(
    places.map(({ location }) => location.longitude),
    { least: LEAST_WIDTH, most: 180 },
  );
  const [south, north] = rangeOf(
    places.map(({ location }) => location.latitude),
    { least: LEAST_HEIGHT, most: 85 },
  );
  return [
    [west, north],
    [east, south],
  ];
}

function rangeOf(values: readonly number[], { least, most }: { least: number; most: number }): [number, number] {
  if (values.length === 0) return [-most, most];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const size = Math.max(least, (high - low) * (1 + 2 * MARGIN));
  const middle = (low + high) / 2;
  return [Math.max(-most, middle - size / 2), Math.min(most, middle + size / 2)];
}
