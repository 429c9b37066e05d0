import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { conllSentences, type ConllSentence } from '../../cli/conll-stream.ts';
import { readConll } from '../../shared/corpus/conll.ts';
import { collect } from '../support/collect.ts';
import { codeOf } from '../support/error-code.ts';
import { SAMPLE } from '../support/trained-bundle.ts';

async function* streamOf(text: string | Uint8Array, chunkBytes = Infinity): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}

async function sentencesOf(text: string | Uint8Array, chunkBytes?: number): Promise<ConllSentence[]> {
  return (await collect(conllSentences(streamOf(text, chunkBytes), 'words.conll'))).flat();
}

/** What the reader of corpora reads, in the form of the stream. */
function corpusOf(text: string): ConllSentence[] {
  return readConll({ name: 'words.conll', text }).map(({ words, tags }) => ({ words, gold: tags }));
}

test('sentences are those that the reader of corpora finds, in the sample and however the stream is cut', async () => {
  const text = readFileSync(join(SAMPLE, 'test'), 'utf8');
  expect(await sentencesOf(text)).toEqual(corpusOf(text));
  expect(await sentencesOf(text, 7)).toEqual(corpusOf(text));
});

test('sentences are those that the reader of corpora finds, whatever separates and ends lines', async () => {
  const word = fc.string({
    unit: fc.constantFrom('a', '\ufeff', '\u200b', '\u00a0', '😀', '-', "'"),
    minLength: 1,
    maxLength: 3,
  });
  const tag = fc.constantFrom('O', 'B-geo-loc', 'B-x');
  for (const separator of ['\t', ' ', ' \t ', '\tNN\t']) {
    const row = fc.tuple(word, tag).map((columns) => columns.join(separator));
    const between = fc.constantFrom('', ' ', '\t\t', '-DOCSTART- -X- O', '-DOCSTART-');
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(row, fc.array(fc.oneof({ weight: 4, arbitrary: row }, between), { maxLength: 10 })),
        fc.constantFrom('\n', '\r\n'),
        fc.constantFrom('', '\n', '\r\n', '\r'),
        async ([first, lines], newline, end) => {
          // A mark at the beginning of a text is none of its words.
          const text = ['w' + first, ...lines].join(newline) + end;
          expect(await sentencesOf(text)).toEqual(corpusOf(text));
        },
      ),
    );
  }
});

test('words of a tab-separated file may hold spaces', async () => {
  expect(await sentencesOf('New York\tB-geo-loc\n')).toEqual([{ words: ['New York'], gold: ['B-geo-loc'] }]);
});

test('a byte-order mark at the beginning is no part of the first word', async () => {
  expect(await sentencesOf('\ufeffhi\tO\n')).toEqual([{ words: ['hi'], gold: ['O'] }]);
});

test('a file of words alone has no gold tags', async () => {
  expect(await sentencesOf('\n\ngood\nmorning\n\nLisbon')).toEqual([
    { words: ['good', 'morning'], gold: undefined },
    { words: ['Lisbon'], gold: undefined },
  ]);
});

test('tags are passed on as they are, right or wrong', async () => {
  expect(await sentencesOf('a\tI-x\nb\twhat')).toEqual([{ words: ['a', 'b'], gold: ['I-x', 'what'] }]);
});

test('nothing in, nothing out', async () => {
  expect(await sentencesOf('')).toEqual([]);
  expect(await sentencesOf('\n \n\t\n')).toEqual([]);
});

test.each([
  ['a line without a tag among lines with one', 'a\tO\nb\n', /^words\.conll:2: the tag is missing, got "b"/],
  ['a line with a tag among words alone', 'a\n\nb\tO\n', /^words\.conll:3: there are 2 columns, got "b\\tO"/],
  ['a tag without a word', 'a\tO\n\tO\n', /^words\.conll:2: the word is empty/],
  ['bytes that are not UTF-8', Buffer.from([0x61, 0x09, 0x4f, 0x0a, 0xff]), /^words\.conll:2: the line is not UTF-8/],
  ['a line without end', `a\tO\n${'x'.repeat(70_000)}`, /^words\.conll:2: the line is too long/],
])('fails with E_CORPUS_MALFORMED and the line for %s', async (_, text, message) => {
  expect(await codeOf(() => sentencesOf(text))).toBe('E_CORPUS_MALFORMED');
  await expect(sentencesOf(text)).rejects.toThrow(message);
});
