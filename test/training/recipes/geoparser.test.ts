import fc from 'fast-check';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Sentence } from '../../../shared/corpus/conll.ts';
import { geoparser } from '../../../training/recipes/geoparser.ts';
import type { RecipeCorpus } from '../../../training/recipes/recipe.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import { countDifferences, splitCounts } from '../../../training/recipes/split-counts.ts';
import { totalCounts, totalDifferences } from '../../../training/recipes/total-counts.ts';
import { refusal } from '../../support/refusal.ts';
import { sharedFolder } from '../../support/shared-corpora.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const fixtures = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'geoparser');

const read = async (path: string, given: Readonly<Record<string, unknown>> = {}): Promise<RecipeCorpus> =>
  geoparser.read(path, parseOptions(geoparser, given), { repair: false });

const textOf = ({ words }: Sentence): string => words.join(' ');

function splitsOf({ train, dev, test: held = [] }: RecipeCorpus): Readonly<Record<string, readonly Sentence[]>> {
  return { train, dev, test: held };
}

test('the tags that are known add up to the words that are known', () => {
  const totals = geoparser.expectedTotals!(parseOptions(geoparser, {}))!;
  expect(totals).toMatchObject({ sentences: 47_959, tokens: 1_048_575, entities: 111_891 });
  expect(Object.keys(totals.tags)).toHaveLength(17);
});

test('the known splits add up to the known totals', () => {
  for (const types of ['all', 'places']) {
    const options = parseOptions(geoparser, { types });
    const splits = Object.values(geoparser.expected(options)!);
    const totals = geoparser.expectedTotals!(options)!;
    for (const what of ['sentences', 'tokens', 'entities'] as const) {
      expect(splits.reduce((sum, counts) => sum + counts[what], 0)).toBe(totals[what]);
    }
  }
});

test('nothing is known of the splits by another seed or share', () => {
  for (const given of [{ seed: 2 }, { validation: 0.1 }]) {
    expect(geoparser.expected(parseOptions(geoparser, given))).toBeUndefined();
  }
});

describe('the split of the fixture', () => {
  test('is by distinct sentence: no sentence is on two sides, and none is lost', async () => {
    const options = fc.record({ seed: fc.nat(), validation: fc.double({ min: 0.01, max: 0.5, noNaN: true }) });
    await fc.assert(
      fc.asyncProperty(options, async (given) => {
        const splits = splitsOf(await read(fixtures, given));
        const texts = Object.values(splits).map((sentences) => new Set(sentences.map(textOf)));
        expect(texts.reduce((sum, set) => sum + set.size, 0)).toBe(new Set(texts.flatMap((set) => [...set])).size);
        expect(Object.values(splits).flat()).toHaveLength(42);
      }),
      { numRuns: 25 },
    );
  });

  test('has a tenth of the distinct sentences in test, and the share of the rest in dev', async () => {
    const distinct = (sentences: readonly Sentence[]): number => new Set(sentences.map(textOf)).size;
    const { train, dev, test: held } = await read(fixtures, { validation: 0.25 });
    // 40 distinct ones, of which 4 are test; a quarter of the 36 others is dev.
    expect([distinct(held!), distinct(dev), distinct(train)]).toEqual([4, 9, 27]);
  });

  test('is the same for the same seed, another for another', async () => {
    const dev = async (seed: number): Promise<readonly string[]> => (await read(fixtures, { seed })).dev.map(textOf);
    const held = async (seed: number): Promise<readonly string[]> => (await read(fixtures, { seed })).test!.map(textOf);
    expect([await dev(1), await held(1)]).toEqual([await dev(1), await held(1)]);
    expect(await held(1)).not.toEqual(await held(2));
  });

  test('does not depend on the types that are kept', async () => {
    const [all, places] = [await read(fixtures), await read(fixtures, { types: 'places' })];
    for (const split of ['train', 'dev', 'test'] as const) {
      expect(places[split]!.map(textOf)).toEqual(all[split]!.map(textOf));
    }
  });
});

test('places keeps geo, gpe, org and per, and makes whole entities of other types O', async () => {
  const [all, places] = [totalCounts(await read(fixtures)), totalCounts(await read(fixtures, { types: 'places' }))];
  const kept = (tags: Readonly<Record<string, number>>): object =>
    Object.fromEntries(Object.entries(tags).filter(([tag]) => /^[BI]-(?:geo|gpe|org|per)$/.test(tag)));
  const { O, ...others } = places.tags;
  expect(others).toEqual(kept(all.tags));
  expect(O).toBe(340 - Object.values(others).reduce((sum, count) => sum + count, 0));
  expect(new Set(Object.keys(all.tags).map((tag) => tag.slice(2)))).toEqual(
    new Set(['', 'geo', 'gpe', 'org', 'per', 'tim', 'art', 'eve', 'nat']),
  );
});

test('a folder with train and test keeps them, and dev is a share of train', async () => {
  const folder = tempFolder();
  const rows = (from: number, to: number): string =>
    Array.from({ length: to - from }, (_, i) => `${i},w${from + i},NN,B-geo\n`).join('');
  writeFileSync(join(folder, 'train_ner_dataset.csv'), `Sentence #,Word,POS,Tag\n${rows(0, 40)}`);
  writeFileSync(join(folder, 'test_ner_dataset.csv'), `Sentence #,Word,POS,Tag\n${rows(40, 45)}`);
  const { train, dev, test: held } = await read(folder, { validation: 0.1 });
  expect([train.length, dev.length]).toEqual([36, 4]);
  expect(held!.map(textOf)).toEqual(['w40', 'w41', 'w42', 'w43', 'w44']);
});

test('reads an I- that continues nothing as B- where it is told to, with a notice', async () => {
  const file = join(tempFolder(), 'a.csv');
  writeFileSync(file, 'Sentence #,Word,Tag\n1,Rome,I-geo\n2,Oslo,B-geo\n3,Bonn,B-geo\n');
  expect((await read(file, { repair: true })).notices).toEqual([
    `${file}:2: the tag I-geo continues nothing after the start of the sentence; read as B-geo`,
  ]);
  const refused = await read(file).catch((error: unknown) => String(error));
  expect(refused).toContain(`${file}:2: the tag I-geo continues nothing`);
});

test('reads the encoding that is asked for', async () => {
  const words = async (encoding: string): Promise<string> =>
    Object.values(splitsOf(await read(fixtures, { encoding })))
      .flat()
      .map(textOf)
      .join(' ');
  expect(await words('windows-1252')).toContain('\u2026 and so it began');
  expect(await words('latin-1')).toContain('\u0085 and so it began');
});

test.each([
  [{ types: 'some' }, 'types="some"'],
  [{ validation: 0 }, 'validation=0'],
  [{ validation: 0.6 }, 'validation=0.6'],
  [{ seed: -1 }, 'seed=-1'],
  [{ encoding: 'utf-16' }, 'encoding="utf-16"'],
  [{ tests: 1 }, 'tests'],
])('fails for the options %j', (given, got) => {
  expect(refusal(() => parseOptions(geoparser, given))).toMatch(/^E_USAGE --option: geoparser: /);
  expect(refusal(() => parseOptions(geoparser, given))).toContain(`got ${got}.`);
});

test('fails when there is too little to split', async () => {
  const folder = join(tempFolder(), 'gmb');
  mkdirSync(folder);
  writeFileSync(join(folder, 'ner_dataset.csv'), 'Sentence #,Word,Tag\n1,Rome,B-geo\n2,Oslo,B-geo\n');
  const refused = await read(folder).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: 'E_CORPUS_EMPTY' });
});

const corpus = join(sharedFolder, 'data', 'gmb');

describe.skipIf(!existsSync(corpus))('the corpus itself (skipped where ../shared/data is absent)', () => {
  test('is what the recipe expects, tag by tag and split by split', async () => {
    const options = parseOptions(geoparser, {});
    const found = await geoparser.read(corpus, options, { repair: false });
    expect(totalDifferences(totalCounts(found), geoparser.expectedTotals!(options))).toEqual([]);
    expect(countDifferences(splitCounts(found), geoparser.expected(options))).toEqual([]);
  }, 60_000);
});
