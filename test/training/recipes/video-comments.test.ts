import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { spansOf } from '../../../shared/labels/spans.ts';
import { parseOptions } from '../../../training/recipes/recipe-options.ts';
import type { RecipeCorpus } from '../../../training/recipes/recipe.ts';
import { silverAgainstModel } from '../../../training/recipes/silver-against-model.ts';
import { videoComments } from '../../../training/recipes/video-comments.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const FIXTURES = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'video-comments');
const [COMMENTS, GAZETTEER, BY_HAND] = ['comments.csv', 'gazetteer.tsv', 'labelled.ndjson'].map((name) =>
  join(FIXTURES, name),
) as [string, string, string];
const STARTER = join(import.meta.dirname, '..', '..', '..', 'models', 'starter');

const read = (options: Readonly<Record<string, unknown>>, file = COMMENTS): Promise<RecipeCorpus> =>
  videoComments.read(file, parseOptions(videoComments, options), { repair: false });

const HEADER =
  'ID,Date,Author,Likes,Replies,Comment,Relevance,Polarity,Feature request,Problem report,Efficiency,Safety\n';

/** A folder with three comments, and what labels them. */
function small(): { readonly comments: string; readonly gazetteer: string; readonly folder: string } {
  const folder = tempFolder();
  const [comments, gazetteer] = [join(folder, 'comments.csv'), join(folder, 'names.tsv')];
  const texts = ['Ann likes the Hopper 😀', 'Veltra sold my Hopper', 'nothing here'];
  writeFileSync(comments, HEADER + texts.map((text, i) => `c${i + 1},2026-01-01,a,0,0,${text},,,,,,\n`).join(''));
  writeFileSync(gazetteer, 'PROD\tHopper\nORG\tVeltra\n');
  return { comments, gazetteer, folder };
}

/** Entities of train and dev together, as text. */
const found = ({ train, dev }: RecipeCorpus): string[] =>
  [...train, ...dev]
    .sort((a, b) => a.line - b.line)
    .flatMap(({ words, tags }) =>
      spansOf(tags).map(({ type, start, end }) => `${type} ${words.slice(start, end).join(' ')}`),
    );

describe('video-comments', () => {
  test('keeps what was labelled by hand for test; the others are train and dev, none on two sides', async () => {
    const corpus = await read({ gazetteer: GAZETTEER, test: BY_HAND });
    const byHand = readFileSync(BY_HAND, 'utf8').trim().split('\n').length;
    // 216 usable comments: see the fixture. .15 of the other 128 is 19.
    expect([corpus.test!.length, corpus.dev.length, corpus.train.length]).toEqual([byHand, 19, 216 - byHand - 19]);
    const lines = [...corpus.train, ...corpus.dev, ...corpus.test!].map(({ line }) => line);
    expect(new Set(lines).size).toBe(216);
    expect(corpus.notices).toHaveLength(3);
    expect(await read({ gazetteer: GAZETTEER, test: BY_HAND })).toEqual(corpus);
  });

  test('labels by a list of names', async () => {
    const { comments, gazetteer } = small();
    expect(found(await read({ gazetteer }, comments))).toEqual(['PROD Hopper', 'ORG Veltra', 'PROD Hopper']);
  });

  test('what a person corrected or rejected comes before the list', async () => {
    const { comments, gazetteer, folder } = small();
    const review = join(folder, 'review.ndjson');
    const spans = [
      { type: 'PER', text: 'Ann', state: 'corrected' },
      { start: 14, end: 20, type: 'PROD', text: 'Hopper', state: 'rejected' },
    ];
    writeFileSync(review, `${JSON.stringify({ id: 'c1', text: 'Ann likes the Hopper 😀', spans })}\n`);
    expect(found(await read({ gazetteer, review }, comments))).toEqual(['PER Ann', 'ORG Veltra', 'PROD Hopper']);
  });

  test('a tagger labels too, where the list has nothing, and its other types are left out with a notice', async () => {
    const { comments, gazetteer, folder } = small();
    writeFileSync(
      comments,
      `${HEADER}c1,2026-01-01,a,0,0,Barack Obama was in New York,,,,,,\nc2,2026-01-01,a,0,0,a Hopper,,,,,,\n`,
    );
    writeFileSync(join(folder, 'names.tsv'), 'PROD\tHopper\n');
    const corpus = await read({ gazetteer, tagger: STARTER }, comments);
    expect(found(corpus)).toEqual(['PER Barack Obama', 'PROD Hopper']);
    expect(corpus.notices.join()).toContain('1 entities of type location are none of PER, ORG, PROD; left out');
    const mapped = await read({ tagger: STARTER, types: { location: 'ORG' } }, comments);
    expect(found(mapped)).toContain('ORG New York');
  });

  test('more comments of a text file go into train, drawn by the seed, none twice', async () => {
    const { comments, gazetteer, folder } = small();
    const more = join(folder, 'more.txt');
    writeFileSync(more, 'another Hopper\nanother Hopper\nVeltra sold my Hopper\n\nand a third one\n');
    const all = await read({ gazetteer, more }, comments);
    expect(all.train.length + all.dev.length).toBe(3 + 2);
    const one = await read({ gazetteer, more, moreLimit: 1 }, comments);
    expect(one.train.length + one.dev.length).toBe(3 + 1);
    expect(await read({ gazetteer, more, moreLimit: 1 }, comments)).toEqual(one);
  });

  test.each([
    ['nothing that labels', {}, '--option: video-comments: nothing says what the entities are'],
    ['more without it', { review: 'r', more: 'm' }, '--option: video-comments: more comments need something'],
  ])('fails with %s', async (_, options, message) => {
    await expect(read(options)).rejects.toMatchObject({
      code: 'E_USAGE',
      message: expect.stringContaining(message) as unknown,
    });
  });
});

test('silver labels and model stand side by side, by type and in all', () => {
  const words = ['Ann', 'has', 'a', 'Hopper'];
  const sentence = { words, gold: ['B-PER', 'O', 'O', 'B-PROD'], predicted: ['B-PER', 'O', 'O', 'B-PROD'] };
  const split = { name: 'test', sentences: [sentence] } as unknown as Parameters<typeof silverAgainstModel>[0];
  const { blocks } = silverAgainstModel(split, [['O', 'O', 'O', 'B-PROD']]);
  const table = blocks.find((block) => block.kind === 'table')!;
  // Silver finds one of two and nothing wrong: precision 1, recall .5, F1 2/3.
  expect(table.rows).toEqual([
    ['PER', '0.000', '0.000', '0.000', '1.000', '1.000', '1.000', '1'],
    ['PROD', '1.000', '1.000', '1.000', '1.000', '1.000', '1.000', '1'],
    ['all', '1.000', '0.500', '0.667', '1.000', '1.000', '1.000', '2'],
  ]);
});
