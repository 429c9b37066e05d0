import { describe, expect, test } from 'vitest';
import { grouped, percent, table } from '../../../training/report/markup.ts';

test('percent and grouped write numbers', () => {
  expect([percent(0.1234), percent(1, 0), percent(0.00456, 2)]).toEqual(['12.3', '100', '0.46']);
  expect([0, 999, 1000, 1234567].map(grouped)).toEqual(['0', '999', '1\u2009000', '1\u2009234\u2009567']);
});

describe('table', () => {
  test('has heads for rows and columns, and escapes what is in it', async () => {
    const found = String(
      await table({ caption: 'a < b', columns: [{ head: '<i>' }, { head: 'n', number: true }], rows: [['<b>', '1']] }),
    );
    expect(found).toContain('<p class="caption">a &lt; b</p>');
    expect(found).toContain('<th scope="col" class="name">&lt;i&gt;</th>');
    expect(found).toMatch(/<th scope="row" class="name">&lt;b&gt;<\/th>\s*<td class="number">1<\/td>/);
  });

  test('makes groups of rows with the same name', async () => {
    const rows = ['dev', 'dev', 'test', 'test', 'all'].map((name) => [name]);
    const found = String(await table({ caption: 'c', columns: [{ head: 'split' }], rows }));
    expect([...found.matchAll(/<tr class="([^"]*)"/g)].map((match) => match[1])).toEqual([
      '',
      'again',
      'next',
      'again',
      'next',
    ]);
  });
});
