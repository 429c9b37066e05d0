import { expect, test } from 'vitest';
import type { Appendix, TableBlock } from '../../../training/report/appendix.ts';
import { asPublishedAppendix } from '../../../training/recipes/twitter-wnut16-as-published.ts';
import { measured, measuredSplit } from '../../support/tiny-report.ts';

const split = measuredSplit('test', [
  measured('Lisbon/B-geo-loc|O Web/B-other Summit/I-other'),
  measured('Apple/B-company|O Inc/I-company|O is/O here/O'),
]);
const dev = measuredSplit('dev', [measured('rain/O')]);

const tablesOf = ([appendix]: readonly Appendix[]): readonly TableBlock[] =>
  appendix!.blocks.filter((block) => block.kind === 'table');
const rowsOf = ({ rows }: TableBlock): Readonly<Record<string, readonly string[]>> =>
  Object.fromEntries(rows.map(([name, ...cells]) => [name!, cells]));
const proseOf = ([appendix]: readonly Appendix[]): string =>
  appendix!.blocks.map((block) => (block.kind === 'text' ? block.text : '')).join('\n');

test('of a tagger with pieces: the old figure, the old metric and the honest one side by side', async () => {
  const countPieces = (sentences: readonly (readonly string[])[]): Promise<readonly (readonly number[])[]> =>
    Promise.resolve(sentences.map((words) => words.map((word) => (word === 'Lisbon' ? 3 : 1))));
  const found = await asPublishedAppendix({ splits: [dev, split], countPieces });
  const [figures, counts] = tablesOf(found);
  const rows = rowsOf(figures!);
  // Honest: 1 of 3 found, nothing wrong: F1 2/4. Old: Lisbon is three entities, so 1 of 5: F1 2/6.
  expect(rows['micro F1']).toEqual(['25', '33.3', '50.0']);
  expect(rows['its 95 % interval']![2]).toMatch(/^\d+\.\d to \d+\.\d$/);
  expect(rows['micro recall']).toEqual(['', '20.0', '33.3']);
  expect(rows['counted as entities']!.slice(1)).toEqual(['5', '3']);
  expect(counts!.rows).toContainEqual(['geo-loc', '3', '1', '0.0', '0.0']);
  expect(proseOf(found)).toContain('3 entities become 5.');
  expect(proseOf(found)).toContain('neither found nor missed: 0 of those 5.');
  expect(proseOf(found)).toContain('chosen on test');
});

test('of a tagger of words: padding is measured, and companies are taken for padding', async () => {
  const found = await asPublishedAppendix({ splits: [dev, split], countPieces: undefined });
  const [figures, counts] = tablesOf(found);
  const rows = rowsOf(figures!);
  // Apple is dropped and Inc is a company by itself: still 1 of 3.
  expect(rows['micro F1']!.slice(0, 2)).toEqual(['0', '50.0']);
  expect(rows['counted as entities']!.slice(1)).toEqual(['3', '3']);
  expect(counts!.rows).toContainEqual(['company', '1', '1', '0.0', '0.0']);
  // Two sentences of 39 cells, one of them dropped; four of the others are not O.
  expect(proseOf(found)).toContain('73 of 77 cells are O.');
  expect(proseOf(found)).toContain('B-company: 1 cells.');
});

test('without a test file it says that there is nothing to compare', async () => {
  const found = await asPublishedAppendix({ splits: [dev], countPieces: undefined });
  expect(tablesOf(found)).toEqual([]);
  expect(proseOf(found)).toContain('no test file');
});
