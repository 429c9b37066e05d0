import { z } from 'zod';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { createRng } from '../../shared/random.ts';
import { readGmbCsv } from '../data/gmb-csv.ts';
import { findGmbFiles, type NamedBytes } from '../data/gmb-files.ts';
import { seededSplit } from '../data/seeded-split.ts';
import { TEXT_ENCODINGS } from '../data/text-encoding.ts';
import { confidenceAppendices } from './confidence-by-tag.ts';
import { geoparserAsPublished } from './geoparser-as-published.ts';
import { defineRecipe, type ExpectedCounts, type ExpectedTotals, type RecipeCorpus } from './recipe.ts';

/** Types that places and those who act there have; the notebook's reduction. */
const PLACE_TYPES = ['geo', 'gpe', 'org', 'per'] as const;

/** Sentences that nobody trains on, by their words. */
const TEST_SHARE = 0.1;

const options = z.strictObject({
  seed: z.int().nonnegative().default(1).describe('Seed of the split, which is by distinct sentence'),
  validation: z.number().gt(0).lte(0.5).default(0.05).describe('Share of dev in what is left without test'),
  types: z.enum(['all', 'places']).default('all').describe('all: eight types; places: geo, gpe, org and per alone'),
  encoding: z
    .enum(TEXT_ENCODINGS)
    .default('windows-1252')
    .describe(`Of the CSV: ${TEXT_ENCODINGS.join(', ')}`),
  repair: z.boolean().default(false).describe('true: an I-x that continues nothing is read as B-x, with a notice'),
});
type GeoparserOptions = z.output<typeof options>;

/** Words by tag of `ner_dataset.csv`. */
const TAGS = {
  ...{ O: 887_908, 'B-geo': 37_644, 'I-geo': 7414, 'B-tim': 20_333, 'I-tim': 6528, 'B-org': 20_143, 'I-org': 16_784 },
  ...{ 'B-per': 16_990, 'I-per': 17_251, 'B-gpe': 15_870, 'I-gpe': 198, 'B-art': 402, 'I-art': 297 },
  ...{ 'B-eve': 308, 'I-eve': 253, 'B-nat': 201, 'I-nat': 51 },
} as const;

function readSplits(path: string, { seed, validation, types, encoding, repair }: GeoparserOptions): RecipeCorpus {
  const notices: string[] = [];
  const read = (file: NamedBytes): readonly Sentence[] => {
    const sentences = readGmbCsv(file, { encoding, repair, onRepair: (message) => notices.push(message) });
    return types === 'places' ? sentences.map(reduced) : sentences;
  };
  const files = findGmbFiles(path);
  const rng = createRng(seed, 'geoparser split');
  // No word contains a line feed, so the words are told apart.
  const keyOf = ({ words }: Sentence): string => words.join('\n');
  if ('train' in files) {
    const shares = { dev: validation, train: 1 - validation };
    return { ...seededSplit(read(files.train), { keyOf, shares, rng }), test: read(files.test), notices };
  }
  const dev = (1 - TEST_SHARE) * validation;
  const shares = { test: TEST_SHARE, dev, train: 1 - TEST_SHARE - dev };
  return { ...seededSplit(read(files.all), { keyOf, shares, rng }), notices };
}

/** Whole entities of the other types become `O`, so that what is left is BIO. */
function reduced(sentence: Sentence): Sentence {
  return { ...sentence, tags: sentence.tags.map((tag) => (isKept(tag) ? tag : 'O')) };
}

function isKept(tag: string): boolean {
  return PLACE_TYPES.some((type) => tag.slice(2) === type);
}

function expectedTotals({ types }: GeoparserOptions): ExpectedTotals {
  const kept = Object.entries(TAGS).filter(([tag]) => types === 'all' || isKept(tag));
  const sum = (tags: readonly (readonly [string, number])[]): number => tags.reduce((total, [, n]) => total + n, 0);
  const tokens = sum(Object.entries(TAGS));
  const inside = kept.filter(([tag]) => tag !== 'O');
  return {
    sentences: 47_959,
    tokens,
    entities: sum(kept.filter(([tag]) => tag.startsWith('B-'))),
    tags: { ...Object.fromEntries(inside), O: tokens - sum(inside) },
  };
}

/** Known for the split that everybody gets who chooses nothing. */
function expected({ seed, validation, types }: GeoparserOptions): ExpectedCounts | undefined {
  if (seed !== 1 || validation !== 0.05) return undefined;
  const entities =
    types === 'all' ? { train: 95_689, dev: 5022, test: 11_180 } : { train: 77_494, dev: 4052, test: 9101 };
  return {
    train: { sentences: 41_017, tokens: 896_646, entities: entities.train },
    dev: { sentences: 2156, tokens: 46_848, entities: entities.dev },
    test: { sentences: 4786, tokens: 105_081, entities: entities.test },
  };
}

export const geoparser = defineRecipe({
  name: 'geoparser',
  summary: 'Places, people, organisations and five more types in news, Groningen Meaning Bank',
  source: {
    citation: 'Bos et al. 2017, The Groningen Meaning Bank; the file known as ner_dataset.csv',
    url: 'https://gmb.let.rug.nl',
    licence: 'none stated for the file',
  },
  input: 'ner_dataset.csv (Sentence #,Word,POS,Tag), the zip that holds it, or a folder with either',
  options,
  read: async (path, chosen) => readSplits(path, chosen),
  settings: {
    encoder: [
      {
        path: 'train.epochs',
        value: 2,
        why: '41,017 sentences are many; the notebook trained its reduced model for two epochs as well.',
      },
      {
        path: 'train.batchSize',
        value: 32,
        why: '1,282 steps an epoch, half as many as at the default of 16.',
      },
      {
        path: 'train.learningRate',
        value: 2e-4,
        why: 'Twice the default with twice the batch; dev F1 was .818 after one epoch of it with MiniLM-L6.',
      },
    ],
  },
  expected,
  expectedTotals,
  published: [
    {
      figure: 'micro over sub-words, O counted, BERT-large-cased',
      value: 0.954,
      remark: 'is the accuracy; split and seed not published',
    },
    {
      figure: 'macro F1 over sub-words, BERT-large-cased, first model',
      value: 0.601,
      remark: 'harmonic mean of macro precision and macro recall',
    },
    { figure: 'the same, second model', value: 0.639 },
    { figure: 'reduced types: macro precision, BERT-base-uncased', value: 0.841 },
    { figure: 'reduced types: macro recall', value: 0.843 },
    { figure: 'reduced types: micro over sub-words, O counted', value: 0.968, remark: 'is the accuracy' },
    {
      figure: 'entity F1 elsewhere, five types, BERT-base, labels on all sub-words',
      value: 0.79,
      remark: 'NielsRogge, Transformers-Tutorials; another split',
    },
    { figure: 'entity F1 elsewhere, the same, labels on the first sub-word', value: 0.8 },
  ],
  appendices: async ({ splits }) => confidenceAppendices(splits),
  asPublished: async (measured, chosen) => geoparserAsPublished(measured, chosen),
});
