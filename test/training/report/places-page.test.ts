import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createPlacesCounter, type PlacesData } from '../../../training/report/places-data.ts';
import { placesPage } from '../../../training/report/places-page.ts';
import { writePlaces } from '../../../training/report/write-places.ts';
import { placed } from '../../support/placed.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function data(): PlacesData {
  const counter = createPlacesCounter();
  counter.add({ places: [placed('Vienna', 'target', 'Vienna'), placed('<b>Oz</b>', 'incidental')] });
  return counter.data({ model: 'first', targetModel: 'second', gazetteer: 'cities.txt' });
}

test('the page has a map, both tables, and nothing that a text says as markup', async () => {
  const page = await placesPage(data());
  expect(page).toContain('aria-label="Places on a map"');
  expect(page).toContain('Places with a location');
  expect(page).toContain('Places without a location');
  expect(page).toContain('&lt;b&gt;Oz&lt;/b&gt;');
  expect(page).not.toContain('<b>Oz');
  expect(page).toContain('48.200');
});

test('a page without places says so', async () => {
  const page = await placesPage(createPlacesCounter().data({ model: 'a', targetModel: null, gazetteer: null }));
  expect(page).toContain('No place was found');
  expect(page).not.toContain('<svg');
});

test('the page and its numbers are written', async () => {
  const folder = join(tempFolder(), 'new');
  await writePlaces(folder, data());
  expect(readFileSync(join(folder, 'places.html'), 'utf8')).toContain('<h1>Places</h1>');
  expect(JSON.parse(readFileSync(join(folder, 'places.json'), 'utf8'))).toEqual(data());
});

test('fails when the folder is a file', async () => {
  const file = join(tempFolder(), 'taken');
  writeFileSync(file, '');
  await expect(writePlaces(file, data())).rejects.toThrow(/cannot be written/);
});
