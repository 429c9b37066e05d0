import { expect, test } from 'vitest';
import { tokenFigures, tokenFiguresOf } from '../../../training/recipes/token-figures.ts';
import { measured, measuredSplit } from '../../support/tiny-report.ts';
import { expectClose } from '../../support/close.ts';
import { tolerance } from '../../support/tolerance.ts';

const split = measuredSplit('test', [
  measured('Ana/B-PER Lopez/I-PER|B-PER spoke/O|B-LOC'),
  measured('Northland/B-LOC|O spoke/O'),
]);

/** As many sub-words as a word has letters before its first vowel, and one more: Ana 1, Lopez 2, spoke 3, Northland 2. */
const countPieces = async (sentences: readonly (readonly string[])[]): Promise<readonly (readonly number[])[]> =>
  sentences.map((words) => words.map((word) => 1 + word.search(/[aeiou]/i)));

/*
 * gold       PER PER PER O   O   O  | LOC LOC O O O
 * predicted  PER PER PER LOC LOC LOC | O   O   O O O
 * PER: 3 of 3 of 3. LOC: 0 right, 3 predicted, 2 gold. O: 3 right, 5 predicted, 6 gold: 3/5, 3/6, F1 6/11.
 */
test('counts each sub-word with the IO tag of its word, and O as a class', async () => {
  const report = await tokenFigures({ countPieces }, split, 128);
  expect(report.perTag).toEqual({
    'I-LOC': { precision: 0, recall: 0, f1: 0, support: 2 },
    'I-PER': { precision: 1, recall: 1, f1: 1, support: 3 },
    O: { precision: 3 / 5, recall: 1 / 2, f1: expect.closeTo(6 / 11) as number, support: 6 },
  });
  expectClose(
    [report.accuracy, report.macro.f1, report.weighted.f1],
    [6 / 11, (1 + 6 / 11) / 3, (3 * 1 + 6 * (6 / 11)) / 11],
    tolerance.exactFloat64,
  );
});

test('leaves out what comes after the sub-words that are seen', async () => {
  // Of the first sentence PER PER PER O, of the second LOC LOC O O.
  const report = await tokenFigures({ countPieces }, split, 4);
  expect(Object.entries(report.perTag).map(([tag, { support }]) => [tag, support])).toEqual([
    ['I-LOC', 2],
    ['I-PER', 3],
    ['O', 3],
  ]);
});

test('counts words where there are no sub-words', async () => {
  const report = await tokenFigures({ countPieces: undefined }, split, 128);
  expect([report.accuracy, report.weighted.support]).toEqual([3 / 5, 5]);
});

test('shows them above the figures of whole entities, split by split', async () => {
  const [appendix, ...more] = await tokenFiguresOf(
    { splits: [split], countPieces },
    { maxPieces: 128, published: { accuracy: 0.98, 'macro F1': 0.89, 'I-PER F1': 0.96, 'I-MISC F1': 0.72 } },
  );
  expect(more).toEqual([]);
  const [text, beside, tokens, entities] = appendix!.blocks;
  expect(text).toMatchObject({ kind: 'text' });
  expect(beside).toMatchObject({
    columns: [{ head: 'figure' }, { head: 'published' }, { head: 'test' }],
    rows: [
      ['accuracy', '0.98', '0.545'],
      ['macro F1', '0.89', '0.515'],
      ['I-PER F1', '0.96', '1.000'],
      ['I-MISC F1', '0.72', '-'],
    ],
  });
  expect(tokens).toMatchObject({
    caption: 'test: sub-words by tag, as published',
    rows: [
      ['I-LOC', '0.000', '0.000', '0.000', '2'],
      ['I-PER', '1.000', '1.000', '1.000', '3'],
      ['O', '0.600', '0.500', '0.545', '6'],
      ['accuracy', '', '', '0.545', '11'],
      ['macro average', '0.533', '0.500', '0.515', '11'],
      ['weighted average', '0.600', '0.545', '0.570', '11'],
    ],
  });
  // Gold: PER of two words, LOC; predicted: PER, PER, LOC of one word each. None is right.
  expect(entities).toMatchObject({
    rows: [
      ['LOC', '0.000', '0.000', '0.000', '1'],
      ['PER', '0.000', '0.000', '0.000', '1'],
      ['micro average', '0.000', '0.000', '0.000', '2'],
    ],
  });
});
