import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';
import { readGazetteer, type Gazetteer } from '../../../training/data/gazetteer.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function gazetteer(text: string): Gazetteer {
  const file = join(tempFolder(), 'names.tsv');
  writeFileSync(file, text);
  return readGazetteer(file);
}

function found(names: Gazetteer, text: string): readonly string[] {
  const words = tokenizeTweet(text).map((token) => token.text);
  return names.find(words).map(({ type, start, end }) => `${type} ${words.slice(start, end).join(' ')}`);
}

const names = '# names\r\nPROD\tHopper\r\n\r\nPROD\tHopper X3\nORG\tX3 Labs GmbH\nPER\tWill\nPER\tMarta Okafor\n';

test.each([
  ['the most words', 'a Hopper X3 stood there', ['PROD Hopper X3']],
  ['the most words, though they begin later', 'Hopper X3 Labs GmbH', ['PROD Hopper', 'ORG X3 Labs GmbH']],
  ['whole words alone', 'Hoppers and Hopperland, but the Hopper’s door', ['PROD Hopper']],
  ['one word as it is written or in capitals', 'will Will hopper HOPPER', ['PER Will', 'PROD HOPPER']],
  ['several words in any case', 'marta okafor and MARTA OKAFOR', ['PER marta okafor', 'PER MARTA OKAFOR']],
])('finds %s', (_, text, expected) => {
  expect(found(gazetteer(names), text)).toEqual(expected);
});

test('the first of two lines with a name counts, and the other is reported', () => {
  const twice = gazetteer('ORG\tTwo Rivers\nPER\tTWO RIVERS\nPER\tWill\nPER\twill\n');
  expect(twice.size).toBe(3);
  expect(twice.notices).toHaveLength(1);
  expect(twice.notices[0]).toMatch(/names\.tsv:2: the name 'TWO RIVERS' is that of line 1, ORG; left out$/);
  expect(found(twice, 'two rivers')).toEqual(['ORG two rivers']);
});

test.each([
  ['there is no tab', 'ORG\tVeltra\nORG Veltra\n', 2, 'not a name'],
  ['a type is none', 'LOC\tGhent\n', 1, 'there is no such type, got "LOC"'],
  ['a name is more than one cell', 'ORG\tA\tB\n', 1, 'not a name'],
  ['a name has no word', 'ORG\t\u200b\n', 1, 'not a name|the name has no word'],
])('fails when %s, with file and line', (_, text, line, what) => {
  expect(refusal(() => gazetteer(text))).toMatch(new RegExp(`^E_CORPUS_MALFORMED .*names\\.tsv:${line}: (?:${what})`));
});

test('fails when there is no name', () => {
  expect(refusal(() => gazetteer('# nothing\n'))).toMatch(/^E_CORPUS_EMPTY /);
});
