import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { type ConllOptions, type Sentence, readConll } from '../../../shared/corpus/conll.ts';
import { refusal } from '../../support/refusal.ts';

const data = join(import.meta.dirname, '..', '..', '..', '..', 'shared', 'data');
const folder = mkdtempSync(join(tmpdir(), 'conll-'));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const read = (text: string, options?: ConllOptions): Sentence[] => readConll({ name: 'x.conll', text }, options);
const pairs = (sentences: readonly Sentence[]): string[] =>
  sentences.map(({ words, tags }) => words.map((word, i) => `${word}|${tags[i]!}`).join(' '));

describe('readConll', () => {
  test.each([
    ['tabs', 'a\tO\nb\tB-geo-loc\nc\tI-geo-loc\n\nd\tO\n', ['a|O b|B-geo-loc c|I-geo-loc', 'd|O']],
    ['spaces', 'a NN O\nb  NN   B-x\n\nd NN O\n', ['a|O b|B-x', 'd|O']],
    ['spaces with a stray tab', 'a O\nb\tB-x\nc O\n', ['a|O b|B-x c|O']],
    ['CRLF and a byte-order mark', '\ufeffa\tO\r\nb\tB-x\r\n\r\nc\tO\r\n', ['a|O b|B-x', 'c|O']],
    ['blank lines of tabs and of spaces', 'a\tO\n\t\nb\tO\n  \nc\tO\n\t \t\r\nd\tO', ['a|O', 'b|O', 'c|O', 'd|O']],
    ['many blank lines and none at the end', '\n\n\na\tO\n\n\n\nb\tO', ['a|O', 'b|O']],
    ['document marks', '-DOCSTART- -X- O\n\na O\n-DOCSTART- O\nb O\n', ['a|O', 'b|O']],
    ['zero-width characters', '\u200bWhy\tO\nDubbz\ufeff\tB-person\n\ufe0f\tO\nx\u200by\tO', ['\u200bWhy|O Dubbz\ufeff|B-person \ufe0f|O x\u200by|O']],
    ['words with spaces when columns are tabs', 'New York\tB-x\n5\u00a0storm\tO', ['New York|B-x 5\u00a0storm|O']],
    ['empty columns at the end', 'ISAF\tI-ORG\t\t\na\tO', ['ISAF|B-ORG a|O']],
    ['a word that looks like a tag or a comment', 'O\tO\n#\tO\nB-x\tO', ['O|O #|O B-x|O']],
  ] as const)('reads %s', (_, text, expected) => {
    expect(pairs(read(text, { repair: true }))).toEqual(expected);
  }); // prettier-ignore

  test('remembers file and line of each sentence', () => {
    expect(read('\na\tO\nb\tO\n\n\nc\tO').map(({ file, line }) => `${file}:${line}`)).toEqual([
      'x.conll:2',
      'x.conll:6',
    ]);
  });

  test('reads the columns asked for', () => {
    const text = '1 a NN O x\n2 b NN B-p x\n';
    expect(pairs(read(text, { tokenColumn: 1, tagColumn: 3 }))).toEqual(['a|O b|B-p']);
    expect(pairs(read(text, { tokenColumn: 1, tagColumn: -2 }))).toEqual(['a|O b|B-p']);
  });

  test('reads back what was written, whatever the words are', () => {
    const word = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 6 })
      .filter((text) => /^[^\s].*$/u.test(text) && !/[\t\n\r ]/.test(text) && !text.startsWith('-DOC'));
    const tag = fc.constantFrom('O', 'B-a', 'B-geo-loc', 'B-B-x');
    const sentence = fc.array(fc.tuple(word, tag), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(sentence, { minLength: 1, maxLength: 5 }),
        fc.constantFrom('\t', ' '),
        fc.constantFrom('\n', '\r\n'),
        (sentences, column, end) => {
          const text = sentences.map((rows) => rows.map((row) => row.join(column) + end).join('')).join(end);
          expect(pairs(read(text))).toEqual(sentences.map((rows) => rows.map((row) => row.join('|')).join(' ')));
        },
      ),
    );
  });

  test.each([
    ['a word is missing', 'a\tO\n\tO', 'E_CORPUS_MALFORMED x.conll:2: the word is empty'],
    ['a tag is missing', 'a\tO\nb\nc\tO', 'E_CORPUS_MALFORMED x.conll:2: a column is missing, got 1 ("b")'],
    ['a tag is missing in a file of one column', 'a\nb', 'E_CORPUS_MALFORMED x.conll:1: a column is missing'],
    ['a zero-width character stands alone on a line', 'a\tO\n\u200b\nb\tO', 'E_CORPUS_MALFORMED x.conll:2: a column is missing'],
    ['a tag is a zero', 'a\tO\n\n1973\t0', 'E_CORPUS_MALFORMED x.conll:3: the tag is outside the scheme, got "0"'],
    ['a tag has another prefix', 'a\tVMISC', 'E_CORPUS_MALFORMED x.conll:1: the tag is outside the scheme, got "VMISC"'],
    ['a tag has no type', 'a\tI-', 'E_CORPUS_MALFORMED x.conll:1: the tag is outside the scheme, got "I-"'],
    ['a tag is of another scheme', 'a\tS-x', 'E_CORPUS_MALFORMED x.conll:1: the tag is outside the scheme, got "S-x"'],
    ['a tag continues nothing', 'a\tO\nb\tI-x', 'E_CORPUS_MALFORMED x.conll:2: the tag continues nothing, got I-x after O'],
    ['a tag continues another type', 'a\tB-y\nb\tI-x', 'E_CORPUS_MALFORMED x.conll:2: the tag continues nothing, got I-x after B-y'],
    ['a tag continues the sentence before', 'a\tB-x\n\nb\tI-x', 'E_CORPUS_MALFORMED x.conll:3: the tag continues nothing, got I-x after the start'],
    ['there is nothing', '', 'E_CORPUS_EMPTY x.conll: no sentence, got 0 lines'],
    ['there are only blank lines and marks', '\n\t\n-DOCSTART- O\n', 'E_CORPUS_EMPTY x.conll: no sentence'],
  ] as const)('fails when %s', (_, text, expected) => {
    expect(refusal(() => read(text))).toContain(expected);
  }); // prettier-ignore

  test.each([
    [
      { tokenColumn: 2 },
      "E_CORPUS_COLUMN x.conll: tokenColumn: there is no such column, got 2; expected one of 0 ('a'), 1 ('O').",
    ],
    [{ tagColumn: -3 }, 'E_CORPUS_COLUMN x.conll: tagColumn: there is no such column, got -3'],
    [{ tagColumn: 0.5 }, 'E_CORPUS_COLUMN x.conll: tagColumn: there is no such column, got 0.5'],
  ])('fails when a column does not exist: %j', (options, expected) => {
    expect(refusal(() => read('a\tO\n', options))).toContain(expected);
  });

  test('repairs a tag that continues nothing only when asked, and says so', () => {
    const messages: string[] = [];
    const sentences = read('a\tI-x\nb\tI-x\nc\tI-y\n\nd\tI-y', {
      repair: true,
      onRepair: (message) => messages.push(message),
    });
    expect(pairs(sentences)).toEqual(['a|B-x b|I-x c|B-y', 'd|B-y']);
    expect(messages.map((message) => message.split(':')[1])).toEqual(['1', '3', '5']);
  });

  test('fails when a file cannot be read', () => {
    expect(refusal(() => readConll(join(folder, 'none')))).toMatch(/^E_FILE_UNREADABLE .*none: there is no such file/);
    expect(refusal(() => readConll(folder))).toMatch(/^E_FILE_UNREADABLE .*: it is a directory/);
  });

  test.each([
    [
      'Latin-1',
      [0x61, 0x09, 0x4f, 0x0a, 0x63, 0x61, 0x66, 0xe9, 0x09, 0x4f],
      ':2: not UTF-8, got byte 0xe9 at offset 7;',
    ],
    [
      'a cut character at the end',
      [0x61, 0x09, 0x4f, 0x0a, 0x62, 0xf0, 0x9f],
      ':2: not UTF-8, got byte 0xf0 at offset 5;',
    ],
    ['a stray continuation byte', [0x80, 0x09, 0x4f], ':1: not UTF-8, got byte 0x80 at offset 0;'],
    ['a surrogate', [0x61, 0xed, 0xa0, 0xbd, 0x09, 0x4f], ':1: not UTF-8, got byte 0xed at offset 1;'],
  ] as const)('fails on bytes that are no UTF-8: %s', (name, bytes, expected) => {
    const file = join(folder, `${name}.conll`);
    writeFileSync(file, Uint8Array.from(bytes));
    expect(refusal(() => readConll(file))).toContain(`E_CORPUS_MALFORMED ${file}${expected}`);
  });

  // Counts of the data's own documentation, taken from the files by other means.
  test.skipIf(!existsSync(data)).each([
    ['wnut16/train', { sentences: 2394, tokens: 46469, entities: 1496, longest: 39 }],
    ['wnut16/dev', { sentences: 1000, tokens: 16261, entities: 661, longest: 41 }],
    ['wnut16/test', { sentences: 3850, tokens: 61908, entities: 3473, longest: 35 }],
    ['wnut17/wnut17train.conll', { sentences: 3394, tokens: 62730, entities: 1975, longest: 41 }],
    ['wnut17/emerging.dev.conll', { sentences: 1009, tokens: 15733, entities: 836, longest: 82 }],
  ])('counts %s as its documentation does', (file, expected) => {
    const found = readConll(join(data, file));
    expect({
      sentences: found.length,
      tokens: found.reduce((sum, { words }) => sum + words.length, 0),
      entities: found.flatMap(({ tags }) => tags).filter((tag) => tag.startsWith('B-')).length,
      longest: Math.max(...found.map(({ words }) => words.length)),
    }).toEqual(expected);
  });

  test.skipIf(!existsSync(data))('keeps the words of WNUT-17 dev that have no width', () => {
    const words = readConll(join(data, 'wnut17', 'emerging.dev.conll')).flatMap((sentence) => sentence.words);
    expect(words.filter((word) => word === '\ufe0f').length).toBe(4);
    expect(words.filter((word) => word === 'Dubbz\ufeff' || word === 'watched\u200bwas').length).toBe(2);
  });
});
