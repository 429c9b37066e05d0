import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spansOf } from '../../../shared/labels/spans.ts';
import { readTargetReviews } from '../../../training/data/target-reviews.ts';
import { geoparserTarget } from '../../../training/recipes/geoparser-target.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import { splitCounts } from '../../../training/recipes/split-counts.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { targetFixtures as FIXTURES } from '../../support/target-fixtures.ts';

const read = (path: string, given: Record<string, unknown> = {}) =>
  geoparserTarget.read(path, parseOptions(geoparserTarget, given), { repair: false });

describe('geoparser-target', () => {
  test('reads a folder of splits; counts of reviews.txt by hand', async () => {
    // 165 reviews, of five in a row three are train, one dev, one test; grep counts 78 and 110 brackets of tar and inc.
    const { train, dev, test: held } = await read(FIXTURES, { input: 'text' });
    expect([train.length, dev.length, held!.length]).toEqual([99, 33, 33]);
    const counts = splitCounts({ train, dev, test: held! });
    expect(counts.train!.entities + counts.dev!.entities + counts.test!.entities).toBe(188);
    const types = [...train, ...dev, ...held!].flatMap(({ tags }) => spansOf(tags).map(({ type }) => type));
    expect([types.filter((type) => type === 'tar').length, types.length]).toEqual([78, 188]);
  });

  test('marks what the first tagger found, and nothing else changes', async () => {
    const { train: plain } = await read(FIXTURES, { input: 'text' });
    const { train: marked } = await read(FIXTURES, { input: 'tagged' });
    expect(marked[0]!.words.join(' ')).toBe('best soup in [geo] glasgow , better than the one in [geo] edinburgh .');
    expect(marked[0]!.tags.join(' ')).toBe('O O O O B-tar O O O O O O O B-inc O');
    const isMarker = (word: string): boolean => /^\[(?:geo|gpe|org)\]$/.test(word);
    for (const [i, { words, tags }] of marked.entries()) {
      const kept = [...words.keys()].filter((w) => !isMarker(words[w]!));
      expect(kept.map((w) => words[w])).toEqual(plain[i]!.words);
      expect(kept.map((w) => tags[w])).toEqual(plain[i]!.tags);
    }
  });

  test('draws splits of one file by seed, each review in one of them', async () => {
    const file = join(FIXTURES, 'train.csv');
    const lines = async (seed: number): Promise<number[][]> => {
      const { train, dev, test: held } = await read(file, { seed, dev: 0.2, test: 0.3 });
      return [train, dev, held!].map((split) => split.map(({ line }) => line));
    };
    const [first, again, other] = [await lines(1), await lines(1), await lines(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
    // 99 reviews: 20 and 30 of them, rounded.
    expect(first.map(({ length }) => length)).toEqual([49, 20, 30]);
    const all = (await readTargetReviews(file)).map(({ line }) => line);
    expect(first.flat().sort((a, b) => a - b)).toEqual(all);
  });

  test('a folder without test.csv has no test split', async () => {
    const folder = tempFolder();
    for (const split of ['train', 'dev']) copyFileSync(join(FIXTURES, `${split}.csv`), join(folder, `${split}.csv`));
    expect((await read(folder)).test).toBeUndefined();
  });

  test('fails when the folder has no train.csv', async () => {
    await expect(read(tempFolder())).rejects.toThrow(/train.csv: there is no such file/);
  });

  test('fails when shares leave nothing to train on, and on options that it does not have', async () => {
    expect(() => parseOptions(geoparserTarget, { dev: 0.5 })).toThrow(/--option: geoparser-target/);
    expect(() => parseOptions(geoparserTarget, { input: 'pictures' })).toThrow(/got input="pictures"/);
  });
});
