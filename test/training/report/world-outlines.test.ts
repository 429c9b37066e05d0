import { expect, test } from 'vitest';
import { flat, worldOutlines } from '../../../training/report/world-outlines.ts';

const outlines = worldOutlines();

test('no outline jumps around the world', () => {
  expect(outlines.features.length).toBeGreaterThan(150);
  for (const { geometry, properties } of outlines.features) {
    for (const ring of geometry.coordinates.flat()) {
      expect(ring.at(-1), properties.name).toEqual(ring[0]);
      // Only around the pole, where all longitudes are one point, is a step longer than any country.
      const steps = ring.slice(1).map(([x, y], i) => (y === -90 ? 0 : Math.abs(x - ring[i]![0])));
      expect(Math.max(...steps), properties.name).toBeLessThan(180);
    }
  }
});

test('countries lie where they are', () => {
  const boundsOf = (name: string): number[] => {
    const points = outlines.features.find(({ properties }) => properties.name === name)!.geometry.coordinates.flat(2);
    const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
    return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)].map(Math.round);
  };
  // Germany: 5.9 to 15.0 E, 47.3 to 54.9 N.
  expect(boundsOf('Germany')).toEqual([6, 47, 15, 55]);
  // New Zealand: 166.5 to 178.5 E, 34.5 to 46.6 S.
  expect(boundsOf('New Zealand')).toEqual([167, -47, 179, -34]);
});

test('a square across the 180th meridian is drawn whole on each side', () => {
  const square = [
    [
      [170, 0],
      [-170, 0],
      [-170, 10],
      [170, 10],
      [170, 0],
    ],
  ] as const;
  expect(flat(square).map(([ring]) => ring!.map(([x]) => x))).toEqual([
    [-190, -170, -170, -190, -190],
    [170, 190, 190, 170, 170],
    [530, 550, 550, 530, 530],
  ]);
});
