import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mergesCsv, readMerges, spellingsOf } from '../../../training/analysis/merges-file.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function fileOf(text: string): string {
  const file = join(tempFolder(), 'merges.csv');
  writeFileSync(file, text);
  return file;
}

const tesla = {
  type: 'ORG',
  form: 'tesla',
  comments: 3,
  spellings: new Map([
    ['Tesla', 2],
    ['#tesla', 1],
  ]),
};
const motors = { type: 'ORG', form: 'tesla motors', comments: 1, spellings: new Map([['Tesla, Motors', 1]]) };

test('what was written is read, and says why', () => {
  const text = mergesCsv([
    { name: tesla, group: 'tesla', decidedBy: 'machine' },
    { name: motors, group: 'tesla', decidedBy: 'machine', similarity: 0.75, why: "shares words with 'tesla'" },
  ]);
  expect(text).toBe(
    'type,group,name,comments,decided by,similarity,why,spellings\n' +
      'ORG,tesla,tesla,3,machine,,,Tesla | #tesla\n' +
      `ORG,tesla,tesla motors,1,machine,0.75,shares words with 'tesla',"Tesla, Motors"\n`,
  );
  const file = fileOf(text);
  expect(readMerges(file)).toEqual([
    { type: 'ORG', group: 'tesla', name: 'tesla', decidedBy: 'machine', file, line: 2 },
    { type: 'ORG', group: 'tesla', name: 'tesla motors', decidedBy: 'machine', file, line: 3 },
  ]);
});

test('four columns are enough, in any order, with a byte-order mark and CRLF as spreadsheets write them', () => {
  const file = fileOf('\ufeffname,type,decided by,group\r\ntesla,ORG,Person,tesla motors\r\n\r\n');
  expect(readMerges(file)).toEqual([
    { type: 'ORG', group: 'tesla motors', name: 'tesla', decidedBy: 'person', file, line: 2 },
  ]);
});

const HEAD = 'type,group,name,decided by\n';

test.each([
  ['a column that is missing', 'type,group,name\nORG,a,b\n', 1, "'decided by' is missing, got type,group,name"],
  ['an empty cell', `${HEAD}ORG,a,b,person\nORG,,c,person\n`, 3, "'group' is empty"],
  ['nobody who decides', `${HEAD}ORG,a,b,me\n`, 2, "got 'me'; expected machine or person"],
  ['a name twice', `${HEAD}ORG,a,b,person\nPROD,a,b,person\nORG,c,b,person\n`, 4, "'b' of type ORG stands in line 2"],
  ['a row that is too short', `${HEAD}ORG,a,b,person\nORG,a\n`, 3, 'is no CSV'],
  ['a quote that does not end', `${HEAD}ORG,a,"b,person\n`, 2, 'is no CSV'],
  ['an empty file', '\n', 1, 'the file is empty'],
])('fails with file and line at %s', (_, text, line, part) => {
  const file = fileOf(text);
  const said = refusal(() => readMerges(file));
  expect(said).toContain(`E_CORPUS_MALFORMED ${file}:${line}: `);
  expect(said).toContain(part);
});

test('fails when there is no such file', () => {
  expect(refusal(() => readMerges(join(tempFolder(), 'none.csv')))).toContain('E_FILE_UNREADABLE');
});

test('the most frequent spellings are told, and how many there are besides', () => {
  const spellings = new Map(['a', 'b', 'c', 'd', 'e', 'f'].map((text, i) => [text, i]));
  expect(spellingsOf({ spellings })).toBe('f | e | d | c | b and 1 more');
});
