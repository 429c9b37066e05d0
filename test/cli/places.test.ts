import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PlacedText } from '../../shared/places/placed-text.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { targetFixtures as FIXTURES } from '../support/target-fixtures.ts';

const STARTER = join(import.meta.dirname, '..', '..', 'models', 'starter');
const GEONAMES = join(FIXTURES, 'geonames.txt');
let folder = '';
const target = (): string => join(folder, 'target');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tagwright-places-'));
  const args = ['train', '--recipe', 'geoparser-target', '--corpus', FIXTURES, '--out', target(), '--epochs', '8'];
  const { code, stderr } = await cli(args);
  if (code !== 0) throw new Error(`training the tagger of targets failed:\n${stderr}`);
}, 120_000);

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const placesOf = (stdout: string): PlacedText[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as PlacedText);

describe('places', () => {
  test('chains two taggers, looks places up and draws a map', async () => {
    const report = join(tempFolder(), 'report');
    const args = ['places', '--model', STARTER, '--target', target(), '--gazetteer', GEONAMES, '--report', report];
    const input = 'Best soup in Glasgow, better than the one in Edinburgh.\nNothing here.\n';
    const { code, stdout, stderr } = await cli(args, { input });
    expect([code, stderr]).toEqual([0, expect.stringContaining('found 2 places in 2 texts, 2 of them located')]);
    const [first, second] = placesOf(stdout);
    expect(first!.id).toBe('stdin:1');
    expect(first!.places.map(({ text, start, location }) => [text, start, location!.geonameid])).toEqual([
      ['Glasgow', 13, 3333231],
      ['Edinburgh', 45, 2650225],
    ]);
    for (const { role, roleScore } of first!.places) {
      expect(role === null).toBe(roleScore === null);
      expect(['target', 'incidental', null]).toContain(role);
    }
    expect(second!.places).toEqual([]);
    expect(readFileSync(join(report, 'places.html'), 'utf8')).toContain('Places on a map');
    expect(JSON.parse(readFileSync(join(report, 'places.json'), 'utf8'))).toMatchObject({
      texts: 2,
      gazetteer: 'geonames.txt',
      targetModel: first!.targetModel,
    });
  });

  test('without a second tagger and a gazetteer gives places alone, and names lines that are none', async () => {
    const input = '{"id":"1","text":"From London with love"}\n{"id":2}\n';
    const { code, stdout, stderr } = await cli(['places', '--model', STARTER], { input });
    expect(code).toBe(1);
    expect(stderr).toContain('E_TWEET_MALFORMED: stdin:2');
    expect(placesOf(stdout)).toMatchObject([
      { id: '1', targetModel: null, places: [{ text: 'London', role: null, roleScore: null, location: null }] },
    ]);
  });

  test('measures the chain on a step-4 file, with the tags of the file or with a first tagger', async () => {
    const file = join(FIXTURES, 'test.csv');
    const byFile = await cli(['places', '--corpus', file, '--target', target(), '--json']);
    expect([byFile.code, byFile.stderr]).toEqual([0, '']);
    const figures = JSON.parse(byFile.stdout) as Record<string, { support: number; recall: number }>;
    expect(figures).toMatchObject({ sentences: 33, model: 'the tags of the file', unmet: 0 });
    // grep counts the brackets of every fifth review.
    const fifth = readFileSync(join(FIXTURES, 'reviews.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'))
      .filter((_, i) => i % 5 === 4)
      .join('\n');
    expect(figures['target']!.support).toBe(fifth.split('[tar').length - 1);
    expect(figures['incidental']!.support).toBe(fifth.split('[inc').length - 1);
    // The labels are on the file's own places: whoever finds places at all finds most of these.
    expect(figures['anyRole']!.recall).toBeGreaterThan(0.7);
    const chained = await cli(['places', '--corpus', file, '--target', target(), '--model', STARTER]);
    expect([chained.code, chained.stderr]).toEqual([0, '']);
    expect(chained.stdout).toMatch(/^target +[\d.]+ +[\d.]+ +[\d.]+ +\d+$/m);
    expect(chained.stdout).toContain('expected calibration error');
  });
});

describe('fails', () => {
  test.each([
    ['without a tagger', [], 'no tagger that finds places; expected --model DIR'],
    ['on a corpus without a tagger of targets', ['--corpus', 'x.csv'], 'expected --target DIR with it'],
    ['on a report of figures', ['--corpus', 'x', '--target', 'y', '--report', 'z'], '--report is for tagging'],
    ['on JSON of places', ['--model', 'x', '--json'], '--json belongs to --corpus'],
    ['on types that the model does not have', ['--model', STARTER, '--types', 'planet'], "no such type, got 'planet'"],
  ])('%s', async (_, args, message) => {
    const { code, stderr } = await cli(['places', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
  });

  test('on a gazetteer that is none, with file and line', async () => {
    const file = join(tempFolder(), 'cities.txt');
    writeFileSync(file, 'name,latitude,longitude\n');
    const { code, stderr, stdout } = await cli(['places', '--model', STARTER, '--gazetteer', file], {
      input: 'In London',
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain(`E_GAZETTEER_MALFORMED: ${file}:1: the line has 1 columns`);
  });
});
