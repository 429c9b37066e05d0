import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTaggedDocuments, type TaggedDocument } from '../../../training/data/tagged-documents.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = tempFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(dir, name), content);
  return dir;
}

function read(dir: string, notices: string[] = []): readonly TaggedDocument[] {
  return readTaggedDocuments(dir, {
    types: ['LOC', 'ORG'],
    repairs: { '0': 'O', 'I-': 'before' },
    onNotice: (notice) => notices.push(notice),
  });
}

const tagsOf = (text: string): readonly (readonly string[])[] =>
  read(folderOf({ 'a.txt': text })).flatMap(({ sentences }) => sentences.map(({ tags }) => tags));

describe('reads', () => {
  test('each file by itself: its last sentence ends with it, and the next one does not go on with it', () => {
    const dir = folderOf({
      'b b.txt': 'Paris\tI-LOC\n',
      'a a.txt': 'in\tO\n\nRome\tI-LOC\n',
      '.x.txt': 'x',
      'x.md': 'x',
    });
    mkdirSync(join(dir, 'folder.txt'));
    expect(read(dir).map(({ name, sentences }) => [name, sentences])).toEqual([
      [
        'a a.txt',
        [
          { words: ['in'], tags: ['O'], file: join(dir, 'a a.txt'), line: 1 },
          { words: ['Rome'], tags: ['B-LOC'], file: join(dir, 'a a.txt'), line: 3 },
        ],
      ],
      ['b b.txt', [{ words: ['Paris'], tags: ['B-LOC'], file: join(dir, 'b b.txt'), line: 1 }]],
    ]);
  });

  test('a run of one type as one entity, and a change of type as a new one', () => {
    expect(tagsOf('a\tI-LOC\nb\tI-LOC\nc\tI-ORG\nd\tO\ne\tI-ORG\n\nf\tI-ORG\n')).toEqual([
      ['B-LOC', 'I-LOC', 'B-ORG', 'O', 'B-ORG'],
      ['B-ORG'],
    ]);
  });

  test('CRLF, a byte-order mark, blank lines of spaces and a file without a last newline', () => {
    expect(tagsOf('\ufeffa\tI-LOC\r\n \t\r\n\r\nb\tO')).toEqual([['B-LOC'], ['O']]);
  });

  test('words with what looks blank but is not', () => {
    const [document] = read(folderOf({ 'a.txt': '\u00a0\tO\n\ufffc\tO\n' }));
    expect(document!.sentences.map(({ words }) => words)).toEqual([['\u00a0', '\ufffc']]);
  });

  test('slips as what they mean, and says where', () => {
    const dir = folderOf({ 'a.txt': 'a\tI-ORG\nb\tI-\nc\tI-\nd\t0\ne\tI-\n\nf\tI-LOC\t\t\n\ufffcg\tO\n' });
    const notices: string[] = [];
    const file = join(dir, 'a.txt');
    const [document] = read(dir, notices);
    expect(document!.sentences.map(({ words, tags }) => [words.join(' '), tags.join(' ')])).toEqual([
      ['a b c d e', 'B-ORG I-ORG I-ORG O O'],
      ['f g', 'B-LOC O'],
    ]);
    expect(notices).toEqual([
      `${file}:2: tag 'I-' of 'b' read as I-ORG, the tag of the word before`,
      `${file}:3: tag 'I-' of 'c' read as I-ORG, the tag of the word before`,
      `${file}:4: tag '0' of 'd' read as O`,
      `${file}:5: tag 'I-' of 'e' read as O, the tag of the word before`,
      `${file}:7: 2 empty columns after the tag I-LOC, left out`,
      `${file}:8: object replacement character (U+FFFC) taken off the word 'g'`,
    ]);
  });
});

describe('fails by name and line', () => {
  test.each([
    [
      'a tag of another type',
      'a\tO\nb\tI-XYZ\n',
      `2: the tag is outside the scheme, got "I-XYZ"; expected one of O, I-LOC`,
    ],
    ['a tag that begins an entity', 'a\tB-LOC\n', `1: the tag is outside the scheme, got "B-LOC"`],
    ['a tag that is a name of JavaScript', 'a\tconstructor\n', `1: the tag is outside the scheme, got "constructor"`],
    ['a line without a tab', 'a\tO\n\nb O\n', `3: the line is no word and tag, got "b O"`],
    ['an empty tag', 'a\t\n', `1: the tag is outside the scheme, got ""`],
    ['an empty word', 'a\tO\n\tO\n', `2: the line is no word and tag, got "\\tO"`],
    ['a third column with something in it', 'a\tO\tx\n', `1: the line is no word and tag, got "a\\tO\\tx"`],
    ['bytes that are not UTF-8', Buffer.from('a\tO\n\xff\tO\n', 'latin1'), `2: not UTF-8, got byte 0xff`],
  ])('%s', (_, content, message) => {
    const dir = folderOf({ 'a b.txt': content });
    expect(refusal(() => read(dir))).toContain(`E_CORPUS_MALFORMED ${join(dir, 'a b.txt')}:${message}`);
  });

  test('a file without a word, a folder without documents, and one that is not there', () => {
    const dir = folderOf({ 'a.txt': '\n\n' });
    expect(refusal(() => read(dir))).toContain(`E_CORPUS_EMPTY ${join(dir, 'a.txt')}: no sentence`);
    expect(refusal(() => read(folderOf({ 'a.md': 'a\tO\n' })))).toContain('E_CORPUS_EMPTY');
    expect(refusal(() => read(join(dir, 'none')))).toContain('E_FILE_UNREADABLE');
  });
});
