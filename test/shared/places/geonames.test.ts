import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGeonames } from '../../../shared/places/geonames.ts';
import { nameKey } from '../../../shared/places/place-name.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { targetFixtures as FIXTURES } from '../../support/target-fixtures.ts';

const GEONAMES = join(FIXTURES, 'geonames.txt');

function row(changes: Readonly<Record<number, string>> = {}): string {
  const fields = '1\tSplit\tSplit\tSpalato\t43.5\t16.4\tP\tPPLA\tHR\t\t15\t\t\t\t160000\t\t\tEurope/Zagreb\t2024-01-01';
  return fields
    .split('\t')
    .map((field, i) => changes[i] ?? field)
    .join('\t');
}

async function refused(lines: readonly string[]): Promise<string> {
  const file = join(tempFolder(), 'places.txt');
  writeFileSync(file, lines.join('\n'));
  try {
    await readGeonames(file, new Set());
  } catch (error) {
    if (error instanceof NerError) return `${error.code} ${error.message.replace(file, 'places.txt')}`;
    throw error;
  }
  return expect.fail('was accepted');
}

describe('a dump of GeoNames', () => {
  test('gives the entries of the names that were asked for, alternates told apart', async () => {
    const hits = await readGeonames(GEONAMES, new Set(['munich', 'munchen', 'sao paulo', 'st louis', 'nowhere']));
    const found = [...hits].map(([key, ofKey]) => [key, ofKey.map(({ entry, isMain }) => [entry.id, isMain])]);
    expect(Object.fromEntries(found)).toEqual({
      munich: [[2867714, true]],
      munchen: [[2867714, false]],
      'sao paulo': [[3448439, true]],
      'st louis': [[4407066, true]],
    });
    expect(hits.get('munich')![0]!.entry).toEqual({
      id: 2867714,
      name: 'Munich',
      latitude: 48.13743,
      longitude: 11.57549,
      featureClass: 'P',
      featureCode: 'PPLA',
      countryCode: 'DE',
      admin1: '02',
      population: 1260391,
    });
  });

  test('agrees with a search of all lines, for every name in it', async () => {
    const rows = readFileSync(GEONAMES, 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.split('\t'));
    const names = (fields: readonly string[]): string[] =>
      [fields[1]!, fields[2]!, ...fields[3]!.split(',')].filter((name) => name !== '');
    const keys = new Set(rows.flatMap(names).map(nameKey));
    const hits = await readGeonames(GEONAMES, keys);
    for (const key of keys) {
      const ids = rows
        .filter((fields) => names(fields).some((name) => nameKey(name) === key))
        .map(([id]) => Number(id));
      expect(hits.get(key)!.map(({ entry }) => entry.id)).toEqual(ids);
    }
  });

  test.each([
    ['columns between blanks', ['# a remark', 'Split 43.5 16.4'], '2: the line has 1 columns; expected 19'],
    ['a geonameid that is none', [row(), row({ 0: 'x' })], "2: the geonameid is none, got 'x'"],
    ['an empty name', [row({ 1: '' })], '1: the name is empty'],
    ['a latitude beyond the pole', [row({ 4: '90.5' })], "1: the latitude is none, got '90.5'"],
    ['a longitude that is text', [row({ 5: 'east' })], "1: the longitude is none, got 'east'"],
    ['a population below 0', [row({ 14: '-1' })], "1: the population is none, got '-1'"],
  ])('fails on %s, with file and line', async (_, lines, message) => {
    expect(await refused(lines)).toContain(`E_GAZETTEER_MALFORMED places.txt:${message}`);
  });

  test('fails on an empty file and on one that is not there', async () => {
    expect(await refused([])).toContain('E_GAZETTEER_MALFORMED places.txt: the file is empty');
    await expect(readGeonames(join(tempFolder(), 'none.txt'), new Set())).rejects.toThrow(/there is no such file/);
  });

  test('takes an unknown population as none', async () => {
    const file = join(tempFolder(), 'places.txt');
    writeFileSync(file, `${row({ 14: '' })}\r\n`);
    expect((await readGeonames(file, new Set(['spalato']))).get('spalato')![0]!.entry.population).toBe(0);
  });
});
