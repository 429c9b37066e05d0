import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readUnlabelled } from '../../../training/distill/unlabelled.ts';
import { expectFails } from '../../support/expect-fails.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function fileOf(name: string, content: string): string {
  const file = join(tempFolder(), name);
  writeFileSync(file, content);
  return file;
}

test('reads plain text and NDJSON, each sequence of words once, and none that is held', () => {
  const text = fileOf('a.txt', 'off to Lisbon\n\nhello  there\noff to   Lisbon\nheld out\n');
  const ndjson = fileOf('b.ndjson', '{"id":"1","text":"hello there"}\n{"id":"2","text":"Lisbon!"}\n');
  const { sentences, files } = readUnlabelled([text, ndjson], [['held', 'out']]);
  expect(sentences).toEqual([
    ['off', 'to', 'Lisbon'],
    ['hello', 'there'],
    ['Lisbon', '!'],
  ]);
  expect(files).toMatchObject([
    { file: text, tweets: 2, rejected: 0 },
    { file: ndjson, tweets: 1, rejected: 0 },
  ]);
  expect(files.every(({ sha256 }) => /^[0-9a-f]{64}$/.test(sha256))).toBe(true);
});

test('counts lines that are no tweets, and reads on', () => {
  const { sentences, files } = readUnlabelled([fileOf('a.ndjson', '{"id":"1","text":"hi"}\n{"id":2}\nnonsense\n')]);
  expect(sentences).toEqual([['hi']]);
  expect(files[0]).toMatchObject({ tweets: 1, rejected: 2 });
});

test('fails where there is no tweet at all', () => {
  const file = fileOf('empty.txt', '\n \n');
  expectFails(() => readUnlabelled([file]), 'E_CORPUS_EMPTY', 'there is no tweet to learn from');
});

test('fails for a file that is not there', () => {
  expectFails(() => readUnlabelled(['none.txt']), 'E_FILE_UNREADABLE', 'none.txt');
});
