import { expect, test } from 'vitest';
import { createPlacesCounter } from '../../../training/report/places-data.ts';
import { placed } from '../../support/placed.ts';

test('mentions are counted by place where there is a location, by name otherwise', () => {
  const counter = createPlacesCounter();
  counter.add({ places: [placed('Wien', 'target', 'Vienna'), placed('Oz', 'incidental')] });
  counter.add({ places: [] });
  counter.add({
    places: [placed('Vienna', 'incidental', 'Vienna'), placed('oz', null), placed('Wien', null, 'Vienna')],
  });
  const { located, unlocated, ...rest } = counter.data({ model: 'a', targetModel: 'b', gazetteer: null });
  expect(rest).toEqual({
    model: 'a',
    targetModel: 'b',
    gazetteer: null,
    texts: 3,
    textsWithPlaces: 2,
    mentions: { target: 1, incidental: 2, unknown: 2 },
  });
  expect(located).toMatchObject([
    { location: { name: 'Vienna' }, names: ['Wien', 'Vienna'], target: 1, incidental: 1, unknown: 1 },
  ]);
  expect(unlocated).toEqual([{ name: 'Oz', target: 0, incidental: 1, unknown: 1 }]);
});

test('the most frequent place comes first', () => {
  const counter = createPlacesCounter();
  for (const name of ['Berlin', 'Vienna', 'Vienna']) counter.add({ places: [placed(name, 'target', name)] });
  const { located } = counter.data({ model: 'a', targetModel: null, gazetteer: null });
  expect(located.map(({ location }) => location.name)).toEqual(['Vienna', 'Berlin']);
});
