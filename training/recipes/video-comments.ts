import { z } from 'zod';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';
import { NerError } from '../../shared/ner-error.ts';
import { createRng } from '../../shared/random.ts';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { readComments } from '../data/comments-csv.ts';
import { COMMENT_TYPES } from '../data/comment-types.ts';
import { readReview } from '../data/review-file.ts';
import { seededSplit } from '../data/seeded-split.ts';
import { labelComments, reviewed, type LabelledComment } from './label-comments.ts';
import { defineRecipe, type RecipeCorpus } from './recipe.ts';
import { silverAgainstModel } from './silver-against-model.ts';
import { silverLabels, type SilverSources } from './silver-labels.ts';

const path = z.string().min(1).optional();

const options = z.strictObject({
  gazetteer: path.describe('Text file of names that make silver labels: TYPE, a tab and the name a line'),
  tagger: path.describe('Folder of a bundle whose entities make silver labels'),
  types: z
    .record(z.string(), z.enum(COMMENT_TYPES))
    .default({})
    .describe(
      'What types of the tagger are here, such as {"celebrity":"PER"}; person, company, product and the like are known',
    ),
  review: path.describe("Review file of 'tagwright comments label' that a person corrected"),
  test: path.describe('Review file with comments labelled by hand, which are kept for test'),
  validation: z.number().gt(0).lt(1).default(0.15).describe('Share of the other comments that becomes dev'),
  more: path.describe('Text file of more comments, one a line, which are given silver labels and go into train'),
  moreLimit: z.int().positive().default(500).describe('How many of these are taken, at random'),
  seed: z.int().nonnegative().default(1).describe('Of the split, and of what is taken of more'),
});

type Options = z.output<typeof options>;

export const videoComments = defineRecipe<Options>({
  name: 'video-comments',
  summary: 'People, organisations and products in video comments, from a list of names or another tagger',
  source: {
    citation:
      'The form of the comments: The Potential of Using Vision Videos for CrowdRE, 2021; labels of names were not published',
    url: 'https://arxiv.org/abs/2108.02076',
    licence:
      'of your own data; the comments in test/fixtures/recipes/video-comments are under the licence of this repository',
  },
  input: 'a CSV file with ID, Date, Author, Likes, Replies, Comment and six columns of labels',
  options,
  read,
  settings: {
    encoder: [
      { path: 'train.batchSize', value: 8, why: 'A hundred comments are few: more steps in each epoch.' },
      { path: 'train.epochs', value: 12, why: 'The same.' },
      {
        path: 'train.mentionReplacement',
        value: 0.7,
        why: 'Other names in the same place teach the place instead of the list of names.',
      },
    ],
    words: [],
  },
  expected: () => undefined,
  published: [
    { figure: 'F1', value: 0.674, remark: 'labels of a whole row were zipped to its tokens, so they are misaligned' },
    { figure: 'training samples a second', value: 28.1 },
    { figure: 'evaluation samples a second', value: 150 },
  ],
  appendices: async ({ splits }, chosen) => {
    const test = splits.find(({ name }) => name === 'test');
    if (test === undefined || !hasSource(chosen)) return [];
    const silver = await silverLabels(
      test.sentences.map(({ words }) => words),
      chosen,
    );
    return [silverAgainstModel(test, silver.tags)];
  },
});

function hasSource({ gazetteer, tagger }: SilverSources): boolean {
  return gazetteer !== undefined || tagger !== undefined;
}

/** A comment and where it stands. */
interface Placed {
  readonly id: string;
  readonly text: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

async function read(file: string, chosen: Options): Promise<RecipeCorpus> {
  refuseWithoutLabels(chosen);
  const { comments, notices } = readComments(file);
  const texts = new Map(comments.map(({ id, text }) => [id, text]));
  const byHand = chosen.test === undefined ? undefined : readReview(chosen.test, texts);
  const review = chosen.review === undefined ? undefined : readReview(chosen.review, texts);
  const placed = comments.map(({ id, text, line }): Placed => ({ id, text, file, line }));
  // Without a source, what a review does not have is unlabelled, which is not the same as having no entity.
  const usable = hasSource(chosen) ? placed : placed.filter(({ id }) => review!.has(id));
  const own = usable.filter(({ id }) => byHand?.has(id) !== true);
  const more = moreComments(chosen, new Set(comments.map(({ text }) => text)));
  const { labelled, notices: leftOut } = await labelComments([...own, ...more], chosen, review);
  const test = placed.flatMap((comment) => {
    const line = byHand?.get(comment.id);
    return line === undefined ? [] : [reviewed(comment, tokenizeTweet(comment.text), line)];
  });
  const { train, dev } = seededSplit(sentencesOf(labelled.slice(0, own.length)), {
    keyOf: ({ line }) => String(line),
    shares: { dev: chosen.validation, train: 1 - chosen.validation },
    rng: createRng(chosen.seed, 'split'),
  });
  return {
    train: [...train, ...sentencesOf(labelled.slice(own.length))],
    dev,
    ...(byHand === undefined ? {} : { test: sentencesOf(test) }),
    notices: [...notices, ...leftOut],
  };
}

function refuseWithoutLabels({ review, more, ...chosen }: Options): void {
  if (!hasSource(chosen) && review === undefined) {
    throw new NerError(
      'E_USAGE',
      "--option: video-comments: nothing says what the entities are, got neither gazetteer nor tagger nor review; expected gazetteer=FILE, tagger=DIR or review=FILE. 'tagwright recipes video-comments' says what they are.",
    );
  }
  if (more === undefined || hasSource(chosen)) return;
  throw new NerError(
    'E_USAGE',
    '--option: video-comments: more comments need something that labels them, got more without it; expected gazetteer=FILE or tagger=DIR.',
  );
}

/** Some texts of the file that are no comment of the other, in the order of the file. */
function moreComments({ more, moreLimit, seed }: Options, known: ReadonlySet<string>): readonly Placed[] {
  if (more === undefined) return [];
  const lines = decodeUtf8(more, readBytes(more)).split('\n');
  const texts = new Map<string, Placed>();
  lines.forEach((row, i) => {
    const text = row.trim();
    if (text === '' || known.has(text) || texts.has(text)) return;
    texts.set(text, { id: `${more}:${i + 1}`, text, file: more, line: i + 1 });
  });
  const drawn = createRng(seed, 'more')
    .shuffle([...texts.values()])
    .slice(0, moreLimit);
  return drawn.sort((a, b) => a.line - b.line);
}

/** A comment without a word, such as one of zero-width characters, is none. */
function sentencesOf(labelled: readonly LabelledComment<Placed>[]): readonly Sentence[] {
  const withWords = labelled.filter(({ tokens }) => tokens.length > 0);
  return withWords.map(({ comment: { file, line }, tokens, tags }) => ({
    words: tokens.map(({ text }) => text),
    tags,
    file,
    line,
  }));
}
