import { expect, test } from 'vitest';
import { geoparserAsPublished } from '../../../training/recipes/geoparser-as-published.ts';
import type { TableBlock } from '../../../training/report/appendix.ts';
import { measured, measuredSplit } from '../../support/tiny-report.ts';

// B-geo and I-geo: Addis is right, Ababa is missed. O: in is right.
const splits = [measuredSplit('test', [measured('Addis/B-geo Ababa/I-geo|O in/O May/B-tim')])];
/** Pieces: ad ##dis, ab ##aba, in, may. */
const countPieces = async (): Promise<readonly (readonly number[])[]> => Promise.resolve([[2, 2, 1, 1]]);

const tables = async (...args: Parameters<typeof geoparserAsPublished>): Promise<readonly TableBlock[]> => {
  const appendices = await geoparserAsPublished(...args);
  return appendices.flatMap(({ blocks }) => blocks.filter((block) => block.kind === 'table'));
};

test('has the old figures, the published ones and the honest ones side by side', async () => {
  const [summary, tags] = await tables({ splits, countPieces }, { types: 'all' });
  // Over 6 sub-words, 4 right: B-geo P 1 R 1, I-geo P 0 R 0, B-tim P 1 R 1, O P 1/3 R 1.
  // Macro P = (1 + 0 + 1 + 1/3)/4 = 7/12, R = 3/4; harmonic 2*(7/12)*(3/4)/(16/12) = 21/32 = .65625.
  // F1s 1, 0, 1, 1/2: mean .625. Without O: 3 right, 3 predicted, 5 gold: 6/8.
  // Entities: Addis alone is not Addis Ababa; May is right: P = R = 1/2; types 0 and 1.
  expect(summary!.rows.map((row) => row.slice(2))).toEqual([
    ['0.667', '0.954 and 0.952'],
    ['0.583', ''],
    ['0.750', ''],
    ['0.656', '0.601 and 0.639'],
    ['0.625', ''],
    ['0.750', ''],
    ['0.500', ''],
    ['0.500', ''],
    ['0.500', ''],
    ['0.500', ''],
  ]);
  expect(tags!.caption).toBe('Tags over the sub-words of test');
  expect(tags!.rows).toEqual([
    ['B-geo', '1.000', '1.000', '1.000', '2'],
    ['B-tim', '1.000', '1.000', '1.000', '1'],
    ['I-geo', '0.000', '0.000', '0.000', '2'],
    ['O', '0.333', '1.000', '0.500', '1'],
  ]);
});

test('has what was published of the reduced types beside them', async () => {
  const [summary] = await tables({ splits, countPieces }, { types: 'places' });
  expect(summary!.rows.map((row) => row[3]).slice(0, 4)).toEqual(['0.968', '0.841', '0.843', '']);
});

test('counts words for a tagger without sub-words, and says so', async () => {
  const [appendix] = await geoparserAsPublished({ splits, countPieces: undefined }, { types: 'all' });
  expect(appendix!.title).toBe('As the geoparser notebook measured: test');
  expect(appendix!.blocks[0]).toMatchObject({ text: expect.stringContaining('over all 4 words') as string });
  const [summary] = appendix!.blocks.filter((block) => block.kind === 'table');
  // Three of four words.
  expect(summary!.rows[0]!.slice(1, 3)).toEqual(['categorical accuracy over words, = micro with O', '0.750']);
});
