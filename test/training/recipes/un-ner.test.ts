import { cpSync, existsSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Sentence } from '../../../shared/corpus/conll.ts';
import { isBioTag } from '../../../shared/labels/scheme.ts';
import { spansOf } from '../../../shared/labels/spans.ts';
import { findRecipe } from '../../../training/recipes/index.ts';
import type { RecipeCorpus } from '../../../training/recipes/recipe.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import { countDifferences, splitCounts } from '../../../training/recipes/split-counts.ts';
import {
  defaultSettings,
  parseSettingChange,
  withSettings,
  type SettingChange,
} from '../../../training/job/settings.ts';
import { refusal } from '../../support/refusal.ts';
import { sharedFolder } from '../../support/shared-corpora.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const FIXTURE = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'un-ner');
const recipe = findRecipe('un-ner');

/** As docs/recipes/un-ner.md has them. */
const NOTEBOOK = [
  ...['train.optimizer.name=adam', 'train.learningRate=1e-5', 'train.schedule.name=constant', 'train.maxNorm=10'],
  ...['train.groups.headLearningRate=null', 'loss.kind=cross-entropy'],
  ...['model.words=null', 'model.maxPieces=128', 'model.alignment=same'],
];

function read(path: string, options: Readonly<Record<string, unknown>> = {}): Promise<RecipeCorpus> {
  return recipe.read(path, parseOptions(recipe, options), { repair: false });
}

const documentsOf = (sentences: readonly Sentence[] = []): readonly string[] => [
  ...new Set(sentences.map(({ file }) => basename(file))),
];

const sentenceOf = ({ words, tags }: Sentence): string => words.map((word, i) => `${word}/${tags[i]!}`).join(' ');

describe('reads both folders', () => {
  test('every slip as what it means, and tells of each by file and line', async () => {
    const { train, dev, notices } = await read(FIXTURE, { split: 'folders' });
    const training = join(FIXTURE, 'tagged-training');
    expect(notices).toEqual([
      `${training}/1 Northland 2001.txt:3: tag 'I-PRG' of 'Lopez' read as I-PER`,
      `${training}/1 Northland 2001.txt:9: tag 'I-I-MISC' of 'Wall' read as I-MISC`,
      `${training}/1 Northland 2001.txt:16: tag '0' of 'General' read as O`,
      `${training}/2 Southland 2002.txt:4: tag 'VMISC' of 'on' read as I-MISC`,
      `${training}/2 Southland 2002.txt:10: tag '0' of 'war' read as O`,
      `${training}/2 Southland 2002.txt:19: tag '0' of 'in' read as O`,
      `${training}/3 Eastland 2003.txt:3: tag '0' of '(' read as O`,
      `${training}/3 Eastland 2003.txt:8: tag '0' of '(' read as O`,
      `${training}/3 Eastland 2003.txt:9: tag '0' of '1973' read as O`,
      `${training}/3 Eastland 2003.txt:17: 2 empty columns after the tag I-ORG, left out`,
      `${training}/3 Eastland 2003.txt:27: tag '0' of 'Standby' read as O`,
      `${training}/4 Westland 2015.txt:4: tag 'I-' of 'River' read as I-MISC, the tag of the word before`,
      `${training}/4 Westland 2015.txt:5: tag 'I-' of 'Flood' read as I-MISC, the tag of the word before`,
      `${training}/4 Westland 2015.txt:12: tag 'I-' of 'slip' read as O, the tag of the word before`,
      `${training}/4 Westland 2015.txt:19: tag 'I-OR' of 'Board' read as I-ORG`,
      `${training}/5 Midland 2016.txt:1: object replacement character (U+FFFC) taken off the word 'In'`,
    ]);
    const all = [...train, ...dev].sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line).map(sentenceOf);
    expect(all).toHaveLength(14);
    expect(all.slice(0, 4)).toEqual([
      'President/O Ana/B-PER Lopez/I-PER spoke/O ./O',
      'The/O Harbour/B-LOC Wall/B-MISC fell/O ./O',
      'She/O thanks/O Secretary-/O General/O Ben/B-PER Okri/I-PER ./O',
      'The/O Joint/B-MISC Declaration/I-MISC on/I-MISC Water/I-MISC holds/O ./O',
    ]);
    // IO cannot tell two countries that meet from one.
    expect(all.at(-1)).toBe('Northland/B-LOC Southland/I-LOC and/O Ana/B-PER agree/O ./O');
  });

  test('and draws all three parts from them, documents whole, by the seed', async () => {
    const { train, dev, test } = await read(FIXTURE);
    const parts = [train, dev, test].map(documentsOf);
    expect(parts.map(({ length }) => length)).toEqual([5, 1, 1]);
    expect(new Set(parts.flat()).size).toBe(7);
    expect(documentsOf((await read(FIXTURE)).test)).toEqual(parts[2]);
    const others = await Promise.all(
      [2, 3, 4, 5, 6].map(async (seed) => documentsOf((await read(FIXTURE, { seed })).test)[0]),
    );
    expect(new Set(others).size).toBeGreaterThan(1);
    expect(documentsOf((await read(FIXTURE, { share: 0.4 })).test)).toHaveLength(4);
  });

  test('or keeps the folder of that name as test', async () => {
    const { train, dev, test } = await read(FIXTURE, { split: 'folders' });
    expect([documentsOf(train).length, documentsOf(dev).length]).toEqual([4, 1]);
    expect(documentsOf(test)).toEqual(['6 Highland 2009.txt', '7 Lowland 2010.txt']);
  });
});

test('reads one folder of documents in three parts, with or without its usual name', async () => {
  const folder = tempFolder();
  cpSync(FIXTURE, folder, { recursive: true });
  rmSync(join(folder, 'tagged-test'), { recursive: true });
  for (const path of [folder, join(folder, 'tagged-training')]) {
    const { train, dev, test } = await read(path);
    const parts = [train, dev, test ?? []].map(documentsOf);
    expect(parts.map(({ length }) => length)).toEqual([3, 1, 1]);
    expect(new Set(parts.flat()).size).toBe(5);
  }
});

test('fails for options that it has not, or that make no sense', () => {
  expect(refusal(() => parseOptions(recipe, { sharing: 1 }))).toContain('E_USAGE');
  expect(refusal(() => parseOptions(recipe, { share: 1 }))).toContain('E_USAGE --option: un-ner: ');
});

test("takes the notebook's own settings", () => {
  const settings = [...recipe.settings.encoder!.map(({ path, value }): SettingChange => [path, value])];
  for (const text of NOTEBOOK) settings.push(parseSettingChange(text));
  expect(withSettings(defaultSettings.encoder, settings)).toMatchObject({
    model: { words: null, maxPieces: 128, alignment: 'same' },
    loss: { kind: 'cross-entropy' },
    train: {
      optimizer: { name: 'adam' },
      schedule: { name: 'constant' },
      learningRate: 1e-5,
      groups: { headLearningRate: null },
      maxNorm: 10,
    },
  });
});

const REAL = join(sharedFolder, 'data', 'un-ner');

describe.skipIf(!existsSync(REAL))('of the published files', () => {
  test.each(['seeded', 'folders'] as const)('every count is the known one with split=%s', async (split) => {
    const corpus = await read(REAL, { split });
    const expected = recipe.expected(parseOptions(recipe, { split }))!;
    expect(countDifferences(splitCounts(corpus), expected)).toEqual([]);
  });

  test('all tags of both folders are there, of BIO, and each slip is told of', async () => {
    const corpus = await read(REAL, { split: 'folders' });
    const training = [...corpus.train, ...corpus.dev];
    expect([training.length, training.flatMap(({ words }) => words).length]).toEqual([3657, 92_201]);
    const types = (sentences: readonly Sentence[]): Record<string, number> => {
      const counts: Record<string, number> = {};
      for (const { tags } of sentences) for (const { type } of spansOf(tags)) counts[type] = (counts[type] ?? 0) + 1;
      return counts;
    };
    // One more MISC than in runs of the files as they are: 'Wall', whose tag is I-I-MISC there.
    expect(types(training)).toEqual({ LOC: 1657, ORG: 1125, MISC: 852, PER: 158 });
    expect(types(corpus.test!)).toEqual({ LOC: 1020, ORG: 578, MISC: 493, PER: 66 });
    expect([...training, ...corpus.test!].every(({ tags }) => tags.every(isBioTag))).toBe(true);
    expect(corpus.notices.filter((notice) => notice.includes(': tag '))).toHaveLength(12);
  });
});
