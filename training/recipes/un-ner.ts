import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sentence } from '../../shared/corpus/conll.ts';
import type { SplitName } from '../../shared/corpus/split-names.ts';
import { createRng } from '../../shared/random.ts';
import { seededSplit } from '../data/seeded-split.ts';
import { BEFORE, readTaggedDocuments, type TaggedDocument } from '../data/tagged-documents.ts';
import { VECTORS_PACKAGE } from '../data/vectors.ts';
import { defineRecipe, type ExpectedCounts, type RecipeCorpus } from './recipe.ts';
import { tokenFiguresOf } from './token-figures.ts';

const TYPES = ['LOC', 'MISC', 'ORG', 'PER'] as const;

/** What the taggers' slips mean: all that the published files have, and I-OR, which others have met. */
const REPAIRS: Readonly<Record<string, string>> = {
  '0': 'O',
  // Once, on the second word of 'Néstor Kirchner', whose first is I-PER.
  'I-PRG': 'I-PER',
  'I-OR': 'I-ORG',
  // Once, on 'on' in 'Joint Declaration on'.
  VMISC: 'I-MISC',
  // On 'World War' after 'Second', which is I-MISC.
  'I-': BEFORE,
  ...Object.fromEntries(TYPES.map((type) => [`I-I-${type}`, `I-${type}`])),
};

const TRAINING = 'tagged-training';
const TEST = 'tagged-test';

/** Of the documents that are not test, those that are dev: 7 of 56, a tenth of all. */
const DEV_SHARE = 1 / 8;

const optionsSchema = z.strictObject({
  split: z
    .enum(['seeded', 'folders'])
    .default('seeded')
    .describe(`seeded: test is drawn from all documents; folders: test is ${TEST}, as published`),
  seed: z.int().nonnegative().default(1).describe('Draws which documents are in which split'),
  share: z.number().gt(0).lt(1).default(0.8).describe('Share of the documents that is not test, with split=seeded'),
});
type Options = z.output<typeof optionsSchema>;

/** What the notebook printed of its test part. */
const PUBLISHED = {
  accuracy: 0.98,
  'macro F1': 0.89,
  'weighted F1': 0.98,
  'I-LOC F1': 0.94,
  'I-MISC F1': 0.72,
  'I-ORG F1': 0.84,
  'I-PER F1': 0.96,
  'O F1': 0.99,
} as const;

/** Sub-words of a sentence that the notebook saw. */
const MAX_PIECES = 128;

export const unNer = defineRecipe({
  name: 'un-ner',
  summary: 'Persons, organisations, locations and others in speeches before the UN General Assembly',
  source: {
    citation:
      'Speeches before the UN General Assembly, tagged by hand: leslie-huang/UN-named-entity-recognition, commit 5cb5c5fb',
    url: 'https://github.com/leslie-huang/UN-named-entity-recognition',
    licence: 'none stated',
  },
  input: `a folder with ${TRAINING} and ${TEST}, or a folder of documents; a word, a tab and its tag a line`,
  options: optionsSchema,
  read: async (path, options) => {
    const notices: Record<'tag' | 'word', string[]> = { tag: [], word: [] };
    const documents = (dir: string): readonly TaggedDocument[] =>
      readTaggedDocuments(dir, {
        types: TYPES,
        repairs: REPAIRS,
        onNotice: (notice, part) => notices[part].push(notice),
      });
    // Tags first: of many notices the last are not printed.
    const { train, dev, test } = splits(path, documents, options);
    return { train, dev, test, notices: [...notices.tag, ...notices.word] };
  },
  settings: {
    encoder: [
      {
        path: 'train.learningRate',
        value: 2e-4,
        why: "The notebook's 1e-5 is for BERT-base; smaller encoders take a higher rate.",
      },
      { path: 'train.epochs', value: 6, why: '1,542 steps of 16 sentences; the epoch that is best on dev is kept.' },
      { path: 'model.words', value: {}, why: 'Uncased pieces do not tell names by their capitals.' },
      { path: 'loss.kind', value: 'crf', why: 'Names of events and treaties are long: tags are chosen together.' },
      {
        path: 'train.groups.headLearningRate',
        value: 1e-3,
        why: 'Head and word features start from nothing, the encoder does not.',
      },
      { path: 'train.groups.crfLearningRate', value: 1e-2, why: 'Few scores that see every sentence may move fast.' },
    ],
  },
  vectors: { encoder: { name: VECTORS_PACKAGE, why: 'words that training did not have; the figures are with them' } },
  expected,
  published: Object.entries(PUBLISHED).map(([figure, value]) => ({
    figure: `${figure} over sub-words, O counted`,
    value,
    ...(figure === 'macro F1' ? { remark: 'of 31,453 sub-words; O is one of the five' } : {}),
  })),
  asPublished: async (measured) => tokenFiguresOf(measured, { maxPieces: MAX_PIECES, published: PUBLISHED }),
});

/** Documents stay whole. The published files are in two folders; a folder may also hold documents as it is. */
function splits(
  path: string,
  documents: (dir: string) => readonly TaggedDocument[],
  { split, seed, share }: Options,
): Required<Pick<RecipeCorpus, SplitName>> {
  const rng = createRng(seed, 'documents');
  const keyOf = ({ name }: TaggedDocument): string => name;
  const folders = [TRAINING, TEST].map((name) => join(path, name));
  if (split === 'folders') {
    const [training, test] = folders.map(documents) as [readonly TaggedDocument[], readonly TaggedDocument[]];
    const { train, dev } = seededSplit(training, { keyOf, rng, shares: { train: 1 - DEV_SHARE, dev: DEV_SHARE } });
    return { train: sentencesOf(train), dev: sentencesOf(dev), test: sentencesOf(test) };
  }
  const present = folders.filter((folder) => existsSync(folder));
  const all = (present.length > 0 ? present : [path]).flatMap(documents);
  const shares = { train: share * (1 - DEV_SHARE), dev: share * DEV_SHARE, test: 1 - share };
  const parts = seededSplit(all, { keyOf, rng, shares });
  return { train: sentencesOf(parts.train), dev: sentencesOf(parts.dev), test: sentencesOf(parts.test) };
}

function sentencesOf(documents: readonly TaggedDocument[]): readonly Sentence[] {
  return documents.flatMap(({ sentences }) => sentences);
}

/** Of another draw only the sum of all is known: 5,731 sentences of 145,911 words. */
function expected({ split, seed, share }: Options): ExpectedCounts | undefined {
  if (seed !== 1) return undefined;
  if (split === 'folders') {
    return {
      train: { sentences: 3217, tokens: 81_327, entities: 3273 },
      dev: { sentences: 440, tokens: 10_874, entities: 519 },
      test: { sentences: 2074, tokens: 53_710, entities: 2157 },
    };
  }
  if (share !== 0.8) return undefined;
  return {
    train: { sentences: 4110, tokens: 102_465, entities: 4229 },
    dev: { sentences: 511, tokens: 12_607, entities: 550 },
    test: { sentences: 1110, tokens: 30_839, entities: 1170 },
  };
}
