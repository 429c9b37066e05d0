import { expect, test } from 'vitest';
import { markdownTable } from '../../../training/export/markdown-table.ts';

test('markdownTable aligns numbers and escapes what would be markup', () => {
  expect(
    markdownTable(
      ['type', 'n:'],
      [
        ['a|b', '1'],
        ['<b>*x_y*\n`', '2'],
      ],
    ),
  ).toBe(['| type | n |', '| --- | ---: |', '| a\\|b | 1 |', '| &lt;b>\\*x\\_y\\* \\` | 2 |'].join('\n'));
});
