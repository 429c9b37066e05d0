import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { decodeUtf8, readBytes, unreadable } from '../../shared/corpus/text-file.ts';
import { NerError } from '../../shared/ner-error.ts';

/** One file of a folder. */
export interface TaggedDocument {
  readonly name: string;
  readonly sentences: readonly Sentence[];
}

export interface TaggedDocumentsOptions {
  /** Entity types: a tag is `O` or `I-` and one of them. */
  readonly types: readonly string[];
  /** Slips of the pen and what they mean: a tag of the scheme, or `before`, the tag of the word before. */
  readonly repairs: Readonly<Record<string, string>>;
  /** Told of each thing that was put right, as `file:line: what, and what it is now`, and of what part of the line it is. */
  readonly onNotice: (notice: string, part: 'word' | 'tag') => void;
}

/** A repair that goes on with the tag of the word before. */
export const BEFORE = 'before';

const ENDINGS = /\.(?:txt|tsv|conll)$/i;

/** Stands in the text where a picture or a field of the word processor was (Unicode 15, 23.8). */
const OBJECT_REPLACEMENT = '\ufffc';

/**
 * Reads a folder of files, each a document: a word, a tab and its tag a line, and blank lines between sentences. The end of
 * a file ends its last sentence. Tags are of the IO scheme, which cannot tell two entities of one type that meet from one
 * long entity; they become BIO, a run of one type an entity.
 *
 * Columns after the tag are left out when they are empty. Object replacement characters are taken off words.
 *
 * @returns documents in the order of their names
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_CORPUS_EMPTY} no `.txt`, `.tsv` or `.conll` file in the folder, or a file without a sentence
 * @throws {E_CORPUS_MALFORMED} not UTF-8, a line that is no word and tag, or a tag that is neither of the scheme nor among
 *   the repairs; with file and line
 */
export function readTaggedDocuments(dir: string, options: TaggedDocumentsOptions): readonly TaggedDocument[] {
  const names = fileNames(dir).filter((name) => ENDINGS.test(name) && !name.startsWith('.'));
  if (names.length === 0) {
    throw new NerError(
      'E_CORPUS_EMPTY',
      `${dir}: no document, got a folder without .txt, .tsv and .conll files; expected one file a document. Is it the right folder?`,
    );
  }
  return names.sort().map((name) => {
    const file = join(dir, name);
    const sentences = readSentences(file, decodeUtf8(file, readBytes(file)), options);
    if (sentences.length === 0) {
      throw new NerError(
        'E_CORPUS_EMPTY',
        `${file}: no sentence, got a file without a word; expected a word and its tag a line. Take the file out of the folder.`,
      );
    }
    return { name, sentences };
  });
}

function fileNames(dir: string): string[] {
  try {
    const entries = readdirSync(dir, { withFileTypes: true });
    return entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  } catch (error) {
    throw unreadable(dir, error);
  }
}

function readSentences(file: string, text: string, options: TaggedDocumentsOptions): readonly Sentence[] {
  const sentences: Sentence[] = [];
  let words: string[] = [];
  let tags: string[] = [];
  const flush = (line: number): void => {
    if (words.length > 0) sentences.push({ words, tags: bioOfIo(tags), file, line: line - words.length });
    words = [];
    tags = [];
  };
  const lines = text.split(/\r?\n/);
  lines.forEach((line, index) => {
    if (/^[ \t]*$/.test(line)) {
      flush(index + 1);
      return;
    }
    const { word, tag } = readLine(`${file}:${index + 1}`, line, tags.at(-1) ?? 'O', options);
    words.push(word);
    tags.push(tag);
  });
  flush(lines.length + 1);
  return sentences;
}

function readLine(
  place: string,
  line: string,
  before: string,
  options: TaggedDocumentsOptions,
): { readonly word: string; readonly tag: string } {
  const [written = '', tag, ...more] = line.split('\t');
  if (tag === undefined || written === '' || more.some((column) => column !== '')) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: the line is no word and tag, got ${JSON.stringify(line)}; expected a word, a tab and its tag. Correct or remove the line.`,
    );
  }
  if (more.length > 0) options.onNotice(`${place}: ${more.length} empty columns after the tag ${tag}, left out`, 'tag');
  return { word: wordOf(place, written, options), tag: tagOf(place, { word: written, tag, before }, options) };
}

function wordOf(place: string, written: string, { onNotice }: TaggedDocumentsOptions): string {
  const word = written.replaceAll(OBJECT_REPLACEMENT, '');
  if (word === written || word === '') return written;
  onNotice(`${place}: object replacement character (U+FFFC) taken off the word '${word}'`, 'word');
  return word;
}

interface TaggedWord {
  readonly word: string;
  readonly tag: string;
  /** Tag of the word before in the sentence, `O` at its start. */
  readonly before: string;
}

function tagOf(
  place: string,
  { word, tag, before }: TaggedWord,
  { types, repairs, onNotice }: TaggedDocumentsOptions,
): string {
  if (tag === 'O' || (tag.startsWith('I-') && types.includes(tag.slice(2)))) return tag;
  const repair = Object.hasOwn(repairs, tag) ? repairs[tag]! : undefined;
  if (repair === undefined) {
    const known = ['O', ...types.map((type) => `I-${type}`)].join(', ');
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: the tag is outside the scheme, got ${JSON.stringify(tag)}; expected one of ${known}. Correct the tag.`,
    );
  }
  const isBefore = repair === BEFORE;
  const meant = isBefore ? before : repair;
  onNotice(
    `${place}: tag '${tag}' of '${word}' read as ${meant}${isBefore ? ', the tag of the word before' : ''}`,
    'tag',
  );
  return meant;
}

function bioOfIo(tags: readonly string[]): readonly string[] {
  return tags.map((tag, i) => (tag === 'O' || tag === tags[i - 1] ? tag : `B-${tag.slice(2)}`));
}
