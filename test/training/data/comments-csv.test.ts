import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readComments } from '../../../training/data/comments-csv.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const HEADER =
  'ID,Date,Author,Likes,Replies,Comment,Relevance,Polarity,Feature request,Problem report,Efficiency,Safety';

/** RFC 4180: every cell in quotes, quotes in it doubled. */
function rowOf(cells: readonly string[]): string {
  return `${cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(',')}\n`;
}

function fileOf(text: string): string {
  const file = join(tempFolder(), 'comments.csv');
  writeFileSync(file, text);
  return file;
}

test('reads rows with quotes, commas, line breaks and emoji, by the line on which each begins', () => {
  const file = fileOf(
    `\ufeff${HEADER},tokens\r\n` +
      `a,2026-03-02,"Ann, B.",3,0,"one ""two""\r\nthree 😀",yes,positive,,yes,,,"['one']"\r\n` +
      `b,,@c,0,12,next,no,0,,,,,\n`,
  );
  const { comments, notices } = readComments(file);
  expect(notices).toEqual([]);
  expect(
    comments.map(({ id, line, author, likes, replies, text }) => [id, line, author, likes, replies, text]),
  ).toEqual([
    ['a', 2, 'Ann, B.', 3, 0, 'one "two"\r\nthree 😀'],
    ['b', 4, '@c', 0, 12, 'next'],
  ]);
  expect(comments[0]!.labels).toEqual({
    Relevance: 'yes',
    Polarity: 'positive',
    'Feature request': '',
    'Problem report': 'yes',
    Efficiency: '',
    Safety: '',
  });
});

test('any comment comes back as it was written', () => {
  const folder = tempFolder();
  const cell = fc.string({ unit: 'grapheme' }).map((text) => `x${text}`);
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const file = join(folder, 'some.csv');
      const lines = rows.map(([author, text], i) =>
        rowOf([`${i}`, '', `${i}${author}`, '1', '2', text, '', '', '', '', '', '']),
      );
      writeFileSync(file, `${HEADER}\n${lines.join('')}`);
      expect(readComments(file).comments.map(({ author, text }) => [author, text])).toEqual(
        rows.map(([author, text], i) => [`${i}${author}`, text]),
      );
    }),
    { numRuns: 50 },
  );
});

test('leaves out copies and empty rows, and says where they are', () => {
  const file = fileOf(
    `${HEADER},Mood\n1,,a,0,0,x,,,,,,,\n1,,b,0,0,y,,,,,,,\n2,,a,0,0,x ,,,,,,,\n,,,,,,,,,,,,\n\n3,,a,0,0, ,,,,,,,\n4,,b,0,0,x,,,,,,,\n`,
  );
  const { comments, notices } = readComments(file);
  expect(comments.map(({ id, line }) => [id, line])).toEqual([
    ['1', 2],
    ['4', 8],
  ]);
  expect(notices.map((notice) => notice.slice(file.length))).toEqual([
    ":1: the column 'Mood' is not known; left out",
    ':3: ID 1 is that of line 2; left out',
    ':4: comment 2 is comment 1 of line 2 again; left out',
    ':5: the row is empty; left out',
    ':6: the row is empty; left out',
    ':7: comment 3 has no text; left out',
  ]);
});

test.each([
  ['a column is missing', HEADER.replace('Likes,', ''), 1, "the column 'Likes' is missing"],
  ['a column is there twice', `${HEADER},Likes`, 1, "the column 'Likes' is there twice"],
  ['a row is short', `${HEADER}\n1,,a,0,0,x,,,,,,\n2,,a,0,0,y`, 3, 'the row has 6 cells'],
  ['likes are no number', `${HEADER}\n1,,a,many,0,x,,,,,,`, 2, 'Likes is no whole number, got "many"'],
  ['replies are missing', `${HEADER}\n1,,a,0,,"x\ny",,,,,,`, 2, 'Replies is no whole number, got ""'],
  ['there is no ID', `${HEADER}\n1,,a,0,0,"x\ny",,,,,,\n,,a,0,0,z,,,,,,`, 4, 'the comment has no ID'],
  ['a quote stays open', `${HEADER}\n1,,a,0,0,x,,,,,,\n2,,a,0,0,"y,,,,,,\n`, 3, 'a quote is out of place'],
  ['bytes are not UTF-8', Buffer.from([...Buffer.from(`${HEADER}\n1,`), 0xff]), 2, 'not UTF-8'],
])('fails when %s, with file and line', (_, text, line, what) => {
  const file = join(tempFolder(), 'comments.csv');
  writeFileSync(file, text);
  expect(refusal(() => readComments(file))).toContain(`E_CORPUS_MALFORMED ${file}:${line}: ${what}`);
});

test('fails when there is no file, or no comment in it', () => {
  expect(refusal(() => readComments('no-such.csv'))).toMatch(/^E_FILE_UNREADABLE /);
  const file = fileOf(`${HEADER}\n`);
  expect(refusal(() => readComments(file))).toMatch(/^E_CORPUS_EMPTY /);
});
