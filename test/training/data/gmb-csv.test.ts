import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readGmbCsv, type GmbOptions } from '../../../training/data/gmb-csv.ts';
import { findGmbFiles } from '../../../training/data/gmb-files.ts';
import { refusal } from '../../support/refusal.ts';
import { readSharedCorpus, sharedFolder } from '../../support/shared-corpora.ts';

const HEADER = 'Sentence #,Word,POS,Tag';
const fixture = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'geoparser', 'ner_dataset.csv');

const read = (text: string, options?: GmbOptions): ReturnType<typeof readGmbCsv> =>
  readGmbCsv({ name: 'a.csv', bytes: Buffer.from(text) }, options);

/** A file with these lines under the header. */
const rows = (...lines: readonly string[]): string => [HEADER, ...lines].join('\r\n');

describe('the fixture, which has every quirk of the corpus', () => {
  const sentences = readGmbCsv({ name: 'f.csv', bytes: readFileSync(fixture) });

  test('has 42 sentences of 340 words', () => {
    expect(sentences.length).toBe(42);
    expect(sentences.reduce((sum, { words }) => sum + words.length, 0)).toBe(340);
  });

  test.each([
    [0, 'Ferries left Lisbon for Madeira on Friday .', 'O O B-geo O B-geo O B-tim O', 2],
    [10, 'Lee said " None of us knew , " and left .', 'B-per O O O O O O O O O O O', 84],
    [12, 'Talks in the café at Genève ended – without a deal …', 'O O O O O B-geo O O O O O O', 104],
    [13, 'It’s “ a 5\u00a0storm ” , said Marc .', 'O O O O O O O B-per O', 116],
    [14, '… and so it began .', 'O O O O O O', 125],
    [15, '...', 'O', 131],
    [22, 'Paris Texas is far from Paris .', 'B-geo B-geo O O O B-geo O', 177],
  ])('sentence at index %i', (index, words, tags, line) => {
    const expected = { words: words.split(' '), tags: tags.split(' '), file: 'f.csv', line };
    expect(sentences[index]).toEqual(expected);
  });

  test('as Latin-1 has control characters where Windows-1252 has an ellipsis', () => {
    const [, , , , , , , , , , , , , , latin] = readGmbCsv(
      { name: 'f.csv', bytes: readFileSync(fixture) },
      { encoding: 'latin-1' },
    );
    expect(latin!.words[0]).toBe('\u0085');
  });
});

describe('readGmbCsv', () => {
  test.each([
    ['without a part of speech', 'Sentence #,Word,Tag\nSentence: 1,Rome,B-geo\n,is,O\nSentence: 2,Oslo,B-geo'],
    ['with the columns in another order', 'Tag,Word,Sentence #\nB-geo,Rome,1\nO,is,\nB-geo,Oslo,2\n'],
    [
      'with an index and the number in each row',
      ',Sentence #,Word,Tag\n0,1.0,Rome,B-geo\n1,1.0,is,O\n2,7.0,Oslo,B-geo\n',
    ],
    [
      'with blank lines and spaces around words',
      'Sentence #,Word,Tag\r\n\r\n1, Rome,B-geo\r\n,is ,O\r\n\r\n2,Oslo,B-geo\r\n\r\n',
    ],
  ])('reads a file %s', (_, text) => {
    expect(read(text).map(({ words, tags }) => [words.join(' '), tags.join(' ')])).toEqual([
      ['Rome is', 'B-geo O'],
      ['Oslo', 'B-geo'],
    ]);
  });

  test('reads an I- that continues nothing as B- where it is told to, and says so', () => {
    const notices: string[] = [];
    const text = rows('1,New,NN,I-geo', ',York,NN,I-geo', ',beat,NN,O', ',Nets,NN,B-org', ',Ed,NN,I-per');
    const [sentence] = read(text, { repair: true, onRepair: (message) => notices.push(message) });
    expect(sentence!.tags).toEqual(['B-geo', 'I-geo', 'O', 'B-org', 'B-per']);
    expect(notices).toEqual([
      'a.csv:2: the tag I-geo continues nothing after the start of the sentence; read as B-geo',
      'a.csv:6: the tag I-per continues nothing after B-org; read as B-per',
    ]);
  });

  test('gives back words and tags that were written as RFC 4180 has it', () => {
    const word = fc.string({ unit: fc.constantFrom('a', '"', ',', "'", ';', '\u00a0', 'é', '#'), minLength: 1 });
    const sentence = fc.array(fc.tuple(word, fc.constantFrom('O', 'B-geo', 'B-x-y')), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 5 }), (sentences) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const lines = sentences.flatMap((pairs, n) =>
          pairs.map(([text, tag], i) => `${i === 0 ? `Sentence: ${n}` : ''},${quoted(text)},NN,${tag}`),
        );
        const isAscii = !lines.some((line) => /[^\0-\x7f]/.test(line));
        const found = read(rows(...lines), { encoding: isAscii ? 'windows-1252' : 'utf-8' });
        expect(found.map(({ words, tags }) => words.map((text, i) => [text, tags[i]]))).toEqual(sentences);
      }),
    );
  });

  test.each([
    ['a column is missing', 'Sentence #,Word,POS\n1,a,NN', "a.csv:1: the column 'Tag' is missing, got"],
    [
      'columns are separated otherwise',
      'Sentence #;Word;Tag\n1;a;O',
      "a.csv:1: the column 'Sentence #' is missing, got",
    ],
    ['the file is empty', '', "a.csv:1: the column 'Sentence #' is missing, got"],
    ['a word is missing', rows('1,a,NN,O', ',,NN,O'), 'a.csv:3: the word is empty, got ",,NN,O"'],
    ['a word is blank', rows('1,a,NN,O', ',  ,NN,O'), 'a.csv:3: the word is empty, got'],
    ['a tag is missing', rows('1,a,NN,O', '', ',b,NN,'), 'a.csv:4: the tag is empty, got ",b,NN,"'],
    ['a row is too short', rows('1,a,NN,O', ',b,NN'), 'a.csv:3: the row has 3 cells, got ",b,NN"; expected 4'],
    ['a comma is not quoted', rows('1,a,NN,O', ',,,,,O'), 'a.csv:3: the row has 6 cells, got'],
    ['a tag is not of the scheme', rows('1,a,NN,geo'), "a.csv:2: tag 'geo' is not of the BIO scheme, got"],
    ['an I- follows O', rows('1,a,NN,O', ',b,NN,I-geo'), 'a.csv:3: the tag I-geo continues nothing after O, got'],
    [
      'an I- follows another type',
      rows('1,a,NN,B-org', ',b,NN,I-geo'),
      'a.csv:3: the tag I-geo continues nothing after B-org',
    ],
    [
      'an I- begins a sentence',
      rows('1,a,NN,B-geo', '2,b,NN,I-geo'),
      'a.csv:3: the tag I-geo continues nothing after the start',
    ],
    ['the first row has no number', rows(',a,NN,O'), 'a.csv:2: the sentence has no number, got ",a,NN,O"'],
    ['a number is none', rows('1,a,NN,O', 'Sentence: x,b,NN,O'), 'a.csv:3: the sentence has no number, got'],
    ['a number does not rise', rows('1,a,NN,O', '3,b,NN,O', '2,c,NN,O'), 'a.csv:4: sentence 2 comes after sentence 3'],
    [
      'the last quote is open',
      rows('1,a,NN,O', ',"b,NN,O'),
      'a.csv:3: a quote is out of place, got CSV_QUOTE_NOT_CLOSED',
    ],
    [
      'an open quote ends much later',
      rows('1,a,NN,O', ',"b,NN,O', ',c,NN,O', ',",",NN,O'),
      'a.csv:3: a quote is out of place',
    ],
    [
      'a quote goes over two lines',
      rows('1,a,NN,O', ',"b', '",NN,O', ',c,NN,O'),
      'a.csv:3: a cell goes over several lines',
    ],
    [
      'a quote is inside a cell',
      rows('1,a,NN,O', ',b"c,NN,O'),
      'a.csv:3: a quote is out of place, got INVALID_OPENING_QUOTE',
    ],
    ['a word has a tab', rows('1,"a\tb",NN,O'), 'a.csv:2: the word cannot stand in a CoNLL file, got'],
    [
      'a word begins a document in CoNLL',
      rows('1,-DOCSTART-,NN,O'),
      'a.csv:2: the word cannot stand in a CoNLL file, got',
    ],
  ])('fails when %s', (_, text, message) => {
    expect(refusal(() => read(text))).toContain(`E_CORPUS_MALFORMED ${message}`);
  });

  test('fails when there is a header alone', () => {
    expect(refusal(() => read(`${HEADER}\r\n`))).toMatch(/^E_CORPUS_EMPTY a\.csv: no sentence, got a header alone/);
  });
});

const corpus = join(sharedFolder, 'data', 'gmb');

describe.skipIf(!existsSync(corpus))('the corpus itself (skipped where ../shared/data is absent)', () => {
  test('has the words that another reader finds', () => {
    const files = findGmbFiles(corpus);
    const found = 'all' in files ? readGmbCsv(files.all, { encoding: 'latin-1' }) : [];
    const expected = readSharedCorpus('gmb/ner_dataset.zip');
    expect(found.length).toBe(expected.length);
    expect(found.findIndex(({ words }, i) => words.join('\n') !== expected[i]!.join('\n'))).toBe(-1);
  });
});
