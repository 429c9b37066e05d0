import { expect, test } from 'vitest';
import { createPlacesCounter, type LocatedPlace } from '../../../training/report/places-data.ts';
import { svgChart } from '../../../training/report/svg-chart.ts';
import { boundsOf, mainRole, worldMap } from '../../../training/report/world-map.ts';
import { placed } from '../../support/placed.ts';

function locatedPlaces(...names: readonly string[]): readonly LocatedPlace[] {
  const counter = createPlacesCounter();
  for (const name of names) counter.add({ places: [placed(name, name === 'Perth' ? 'target' : 'incidental', name)] });
  return counter.data({ model: 'a', targetModel: 'b', gazetteer: null }).located;
}

test('a place has the role that it has most often', () => {
  expect(mainRole({ target: 2, incidental: 1, unknown: 9 })).toBe('target');
  expect(mainRole({ target: 1, incidental: 2, unknown: 0 })).toBe('incidental');
  expect(mainRole({ target: 1, incidental: 1, unknown: 0 })).toBe('target');
  expect(mainRole({ target: 0, incidental: 0, unknown: 3 })).toBe('unknown');
});

test('what is seen has all places, a margin around them, and at least a part of a continent', () => {
  // Berlin alone: 60 by 30 degrees around 13.4 E, 52.5 N.
  expect(boundsOf(locatedPlaces('Berlin'))).toEqual([
    [13.4 - 30, 67.5],
    [43.4, 37.5],
  ]);
  for (const places of [locatedPlaces('Berlin', 'Perth'), locatedPlaces('Vienna', 'Berlin', 'Perth')]) {
    const [[west, north], [east, south]] = boundsOf(places);
    for (const { location } of places) {
      expect(location.longitude).toBeGreaterThan(west);
      expect(location.longitude).toBeLessThan(east);
      expect(location.latitude).toBeGreaterThan(south);
      expect(location.latitude).toBeLessThan(north);
    }
    expect([west >= -180, east <= 180, south >= -85, north <= 85]).toEqual([true, true, true, true]);
  }
});

test('the map is drawn with a circle, a colour and a name for each place, in the colours of the page', () => {
  const svg = svgChart(worldMap(locatedPlaces('Berlin', 'Perth')), {
    id: 'map',
    label: 'Places',
    width: 960,
    height: 480,
  });
  expect(svg).toContain('Berlin');
  expect(svg).toContain('Perth');
  expect(svg).toContain('incidental');
  expect(svg).not.toContain('no role');
  expect(svg).toContain('fill="var(--series-1)"');
  expect(svg).toContain('fill="var(--series-2)"');
  expect(
    svgChart(worldMap(locatedPlaces('Berlin', 'Perth')), { id: 'map', label: 'Places', width: 960, height: 480 }),
  ).toBe(svg);
});
