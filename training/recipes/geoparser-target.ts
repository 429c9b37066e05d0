import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { repairOrphans } from '../../shared/labels/repair.ts';
import { markPlaces, markTags } from '../../shared/places/marked-words.ts';
import { PLACE_TYPES, phrasesOf, placesIn } from '../../shared/places/place-phrases.ts';
import { createRng } from '../../shared/random.ts';
import { readTargetReviews, type TargetReview } from '../data/target-reviews.ts';
import { defineRecipe, type RecipeCorpus } from './recipe.ts';

export const TARGET_INPUTS = ['text', 'tagged'] as const;

const optionsSchema = z.strictObject({
  input: z
    .enum(TARGET_INPUTS)
    .default('tagged')
    .describe(
      "What the tagger reads: text: the words. tagged: with a marker such as [geo] before the first tagger's places",
    ),
  seed: z.int().nonnegative().default(1).describe('Draws which reviews of a single file are train, dev and test'),
  dev: z.number().gt(0).lt(0.5).default(0.1).describe('Share of the reviews of a single file that is dev'),
  test: z.number().gt(0).lt(0.5).default(0.2).describe('Share of the reviews of a single file that is test'),
});
type Options = z.output<typeof optionsSchema>;

export const geoparserTarget = defineRecipe({
  name: 'geoparser-target',
  summary: 'Places in reviews: the target that is reviewed, and incidental ones; step two of the geoparser',
  source: {
    citation: 'BERT geoparser, step 4: Yelp reviews tagged by its first step, jshng-glasgow/BERT-geoparser',
    url: 'https://github.com/jshng-glasgow/BERT-geoparser',
    licence: 'not published: the reviews are of the Yelp Open Dataset, which may not be passed on',
  },
  input: 'a step-4 CSV file, or a folder with train.csv, dev.csv and perhaps test.csv of that form',
  options: optionsSchema,
  read: readSplits,
  settings: {
    encoder: [
      { path: 'loss.kind', value: 'crf', why: 'A place of several words has one role.' },
      {
        path: 'train.groups.headLearningRate',
        value: 1e-3,
        why: 'The head starts from nothing, the encoder does not.',
      },
    ],
  },
  expected: () => undefined,
  published: [],
});

async function readSplits(path: string, options: Options): Promise<RecipeCorpus> {
  const notices: string[] = [];
  const sentences = (reviews: readonly TargetReview[]): readonly Sentence[] =>
    reviews.map((review) => sentenceOf(review, options.input, (notice) => notices.push(notice)));
  const splits = await reviewSplits(path, options);
  const { train, dev, test } = splits;
  return {
    train: sentences(train),
    dev: sentences(dev),
    ...(test === undefined ? {} : { test: sentences(test) }),
    notices,
  };
}

interface ReviewSplits {
  readonly train: readonly TargetReview[];
  readonly dev: readonly TargetReview[];
  readonly test?: readonly TargetReview[];
}

/** The reviews of each split, before they become sentences. */
export async function reviewSplits(
  path: string,
  options: Pick<Options, 'seed' | 'dev' | 'test'>,
): Promise<ReviewSplits> {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) {
    return drawSplits(await readTargetReviews(path), options);
  }
  const read = (split: string): Promise<readonly TargetReview[]> => readTargetReviews(join(path, `${split}.csv`));
  const [train, dev] = [await read('train'), await read('dev')];
  return existsSync(join(path, 'test.csv')) ? { train, dev, test: await read('test') } : { train, dev };
}

/** Reviews at random, those of the same words together, so that none is known from training. */
function drawSplits(
  reviews: readonly TargetReview[],
  { seed, dev, test }: Pick<Options, 'seed' | 'dev' | 'test'>,
): Required<ReviewSplits> {
  const keyOf = ({ words }: TargetReview): string => words.join(' ');
  const keys = createRng(seed, 'geoparser-target').shuffle([...new Set(reviews.map(keyOf))]);
  const count = (share: number): number => Math.max(1, Math.round(share * keys.length));
  const devKeys = new Set(keys.slice(0, count(dev)));
  const testKeys = new Set(keys.slice(count(dev), count(dev) + count(test)));
  return {
    train: reviews.filter((review) => !devKeys.has(keyOf(review)) && !testKeys.has(keyOf(review))),
    dev: reviews.filter((review) => devKeys.has(keyOf(review))),
    test: reviews.filter((review) => testKeys.has(keyOf(review))),
  };
}

/** The first tagger knew no BIO rules, and the labels kept its prefixes: an I that continues nothing begins a place. */
function sentenceOf(review: TargetReview, input: Options['input'], onNotice: (notice: string) => void): Sentence {
  const { words, oldTags, file, line } = review;
  const { tags, changed } = repairOrphans(review.tags);
  for (const i of changed) {
    onNotice(
      `${file}:${line}: review ${review.number}: ${review.tags[i]!} of '${words[i]!}' continues nothing, and is now ${tags[i]!}`,
    );
  }
  if (input === 'text') return { words, tags, file, line };
  const marked = markPlaces(words, phrasesOf(placesIn(oldTags, new Set(PLACE_TYPES))));
  return { words: marked.words, tags: markTags(tags, marked), file, line };
}
