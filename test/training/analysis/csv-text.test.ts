import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { csvText, withoutGuard } from '../../../training/analysis/csv-text.ts';

test.each([
  ['=1+2', `'=1+2`],
  ['@tesla', `'@tesla`],
  ['+49 30', `'+49 30`],
  ['-7', `'-7`],
  ['\uff1dcmd', `'\uff1dcmd`],
  ['model 3', 'model 3'],
])('a spreadsheet takes %s for text', (cell, written) => {
  expect(csvText(['a'], [[cell]])).toBe(`a\n${written}\n`);
  expect(withoutGuard(written)).toBe(cell);
});

test('numbers are numbers, of whatever sign', () => {
  expect(csvText(['a', 'b'], [[-7, 2]])).toBe('a,b\n-7,2\n');
});

test('csv-parse reads what was written, but for the apostrophe', () => {
  // A cell that has the apostrophe by itself is the one that cannot be told.
  const cell = fc.string({ unit: 'grapheme' }).filter((text) => withoutGuard(text) === text);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1 }), (rows) => {
      const read: string[][] = parse(csvText(['a', 'b'], rows), { skip_empty_lines: false });
      expect(read.slice(1).map((row) => row.map(withoutGuard))).toEqual(rows);
    }),
  );
});
