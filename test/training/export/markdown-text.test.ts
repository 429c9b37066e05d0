import { expect, test } from 'vitest';
import { markdownText } from '../../../training/export/markdown-text.ts';

test.each([
  ['geo-loc', 'geo-loc'],
  ['a|b', 'a\\|b'],
  ['<script>', '&lt;script>'],
  ['&lt;', '&amp;lt;'],
  ['[x](y) *z*_q_ `c` \\', '\\[x\\](y) \\*z\\*\\_q\\_ \\`c\\` \\\\'],
  ['two\nlines', 'two lines'],
])('markdownText of %j is %j', (text, expected) => {
  expect(markdownText(text)).toBe(expected);
});
