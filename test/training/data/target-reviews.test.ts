import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readTargetReviews } from '../../../training/data/target-reviews.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { targetFixtures as FIXTURES } from '../../support/target-fixtures.ts';

const HEADER =
  'Sentence #,Word,B-art,B-eve,B-geo,B-gpe,B-nat,B-org,B-per,B-tim,I-art,I-eve,I-geo,I-gpe,I-nat,I-org,I-per,I-tim,O,old_tag,Tag';
/** All probability on O, or nine tenths on B-geo. */
const OUTSIDE = `${'0.0,'.repeat(16)}1.0`;
const GEO = `0.0,0.0,0.9,${'0.0,'.repeat(13)}0.1`;

const GOOD = [
  HEADER,
  `0,[CLS],${OUTSIDE},O,O`,
  `0,in,${OUTSIDE},O,O`,
  `0,glas,${GEO},B-geo,B-tar`,
  `0,##gow,${GEO},B-geo,B-tar`,
  `0,",",${OUTSIDE},O,O`,
  `0,"""",${OUTSIDE},O,O`,
  `0,[SEP],${OUTSIDE},O,O`,
  `4,[CLS],${OUTSIDE},O,O`,
  `4,leeds,${GEO},B-geo,I-inc`,
];

function written(lines: readonly string[]): string {
  const file = join(tempFolder(), 'reviews.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function refused(lines: readonly string[]): Promise<string> {
  const file = written(lines);
  try {
    await readTargetReviews(file);
  } catch (error) {
    if (error instanceof NerError) return `${error.code} ${error.message.replace(file, 'reviews.csv')}`;
    throw error;
  }
  return expect.fail('was accepted');
}

describe('step-4 files', () => {
  test('become words, with the tags of their first pieces and without [CLS] and [SEP]', async () => {
    const file = written(GOOD);
    expect(await readTargetReviews(file)).toEqual([
      {
        number: 0,
        words: ['in', 'glasgow', ',', '"'],
        oldTags: ['O', 'B-geo', 'O', 'O'],
        oldScores: [1, 0.9, 1, 1],
        tags: ['O', 'B-tar', 'O', 'O'],
        file,
        line: 3,
      },
      { number: 4, words: ['leeds'], oldTags: ['B-geo'], oldScores: [0.9], tags: ['I-inc'], file, line: 10 },
    ]);
  });

  test('may have an index before the columns, CRLF and a byte-order mark', async () => {
    const lines = GOOD.map((line, i) => `${i === 0 ? '\ufeffindex' : i - 1},${line}\r`);
    expect((await readTargetReviews(written(lines))).map(({ words, line }) => [words, line])).toEqual([
      [['in', 'glasgow', ',', '"'], 3],
      [['leeds'], 10],
    ]);
  });

  test('of this repository give the words that they were made of', async () => {
    const source = readFileSync(join(FIXTURES, 'reviews.txt'), 'utf8')
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
    const splits = await Promise.all(
      ['train', 'dev', 'test'].map((split) => readTargetReviews(join(FIXTURES, `${split}.csv`))),
    );
    const reviews = splits.flat().sort((a, b) => a.number - b.number);
    expect(reviews.length).toBe(source.length);
    expect(reviews.length).toBeGreaterThanOrEqual(150);
    for (const [i, { words, tags }] of reviews.entries()) {
      const plain = source[i]!.replaceAll(/\[\S+ ([^\]]+)\]/gu, '$1').toLowerCase();
      expect(words.join('')).toBe(plain.replaceAll(' ', ''));
      for (const role of ['tar', 'inc']) {
        expect(tags.filter((tag) => tag === `B-${role}`).length).toBe(source[i]!.split(`[${role}`).length - 1);
      }
    }
  });
});

describe('fails with file and line', () => {
  const replaced = (index: number, line: string): string[] => GOOD.map((good, i) => (i === index ? line : good));
  test.each([
    ['a header of another file', replaced(0, 'Sentence #,Word,POS,Tag'), '1: the header is not that of a step-4 file'],
    ['a header with a column too many', replaced(0, `${HEADER},more`), '1: the header is not that'],
    ['a row that is cut off', replaced(3, '0,glas,0.1'), '4: the row has another number of columns'],
    [
      'a sentence number that is empty',
      replaced(3, `,glas,${GEO},B-geo,B-tar`),
      "4: the sentence number is none, got ''",
    ],
    [
      'a sentence number that goes back',
      [...GOOD, `1,late,${OUTSIDE},O,O`],
      '11: the sentence number goes back, got 1 after 4',
    ],
    ['a piece that is empty', replaced(2, `0,,${OUTSIDE},O,O`), '3: the word piece is empty'],
    ['a piece that continues nothing', replaced(2, `0,##gow,${OUTSIDE},O,O`), '3: the piece continues no word'],
    [
      'an old tag of no scheme',
      replaced(3, `0,glas,${GEO},B-loc,B-tar`),
      "4: the old tag is outside the scheme, got 'B-loc'",
    ],
    ['a tag of no scheme', replaced(3, `0,glas,${GEO},B-geo,B-geo`), "4: the tag is outside the scheme, got 'B-geo'"],
    [
      'a probability that is text',
      replaced(3, `0,glas,${GEO.replace('0.9', 'high')},B-geo,B-tar`),
      "4: the probability of B-geo is none, got 'high'",
    ],
    [
      'a probability over 1',
      replaced(3, `0,glas,${GEO.replace('0.9', '9')},B-geo,B-tar`),
      "4: the probability of B-geo is none, got '9'",
    ],
    [
      'probabilities that do not add up',
      replaced(3, `0,glas,${GEO.replace('0.9', '0.5')},B-geo,B-tar`),
      '4: the 17 probabilities do not add up, got 0.600',
    ],
    ['a quotation mark that is not closed', replaced(5, `0,",${OUTSIDE},O,O`), '6: not CSV'],
    [
      'a quotation mark that another one closes rows later',
      [...replaced(5, `0,",${OUTSIDE},O,O`), `5,",${OUTSIDE},O,O`],
      '6: not CSV',
    ],
  ])('%s', async (_, lines, message) => {
    expect(await refused(lines)).toContain(`E_CORPUS_MALFORMED reviews.csv:${message}`);
  });

  test('a file with nothing but a header', async () => {
    expect(await refused([HEADER])).toContain('E_CORPUS_EMPTY reviews.csv: no review');
  });

  test('bytes that are not UTF-8', async () => {
    const file = join(tempFolder(), 'latin.csv');
    writeFileSync(file, Buffer.from([...Buffer.from(`${HEADER}\n0,caf`), 0xe9]));
    await expect(readTargetReviews(file)).rejects.toThrow(/latin.csv:2: not UTF-8/);
  });
});
