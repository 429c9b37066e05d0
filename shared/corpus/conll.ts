import { NerError } from '../ner-error.ts';
import { decodeUtf8, readBytes } from './text-file.ts';

/** One labelled sentence: `tags[i]` (`O`, `B-type` or `I-type`) belongs to `words[i]`. */
export interface Sentence {
  readonly words: readonly string[];
  readonly tags: readonly string[];
  /** The file it was read from, as the caller named it. */
  readonly file: string;
  /** The line of its first word, from 1. */
  readonly line: number;
}

export interface ConllOptions {
  /** Column of the word, from 0; negative counts from the end. Default 0. */
  readonly tokenColumn?: number;
  /** Column of the tag, from 0; negative counts from the end. Default -1, the last. */
  readonly tagColumn?: number;
  /** Reads an `I-x` that continues nothing as `B-x` instead of refusing it. Default false. */
  readonly repair?: boolean;
  /** Told of each repair, as `file:line: ...`. */
  readonly onRepair?: (message: string) => void;
}

/** A file by path, or a text that is at hand under a name for messages. */
export type ConllSource = string | { readonly name: string; readonly text: string };

const tagPattern = /^(?:O|[BI]-.+)$/u;
const documentMark = '-DOCSTART-';

/**
 * Reads one word a line, with its tag in another column, and blank lines between sentences.
 *
 * - Columns are separated by tabs when at least half of the lines have one (words may then contain spaces), by runs of
 *   spaces and tabs otherwise. Empty columns at the end of a line are ignored.
 * - A line of only spaces and tabs is blank. Nothing else is: zero-width characters are part of words, and a word may
 *   consist of them (U+FE0F in WNUT-17), so `trim()`, which strips U+FEFF, is not used.
 * - LF or CRLF; a byte-order mark at the start of the file; any number of blank lines; no newline at the end.
 * - A `-DOCSTART-` line ends a sentence and is in none.
 *
 * @throws {E_FILE_UNREADABLE} the file cannot be read.
 * @throws {E_CORPUS_MALFORMED} not UTF-8; a line without word or tag; a tag other than `O`, `B-type`, `I-type`; an
 *   `I-type` that continues nothing, unless `repair`. With file and line.
 * @throws {E_CORPUS_COLUMN} a column that the file does not have.
 * @throws {E_CORPUS_EMPTY} no sentence in the file.
 */
export function readConll(source: ConllSource, options: ConllOptions = {}): Sentence[] {
  const name = typeof source === 'string' ? source : source.name;
  const text = typeof source === 'string' ? decodeUtf8(source, readBytes(source)) : source.text.replace(/^\ufeff/, '');
  const lines = text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  const sentences = readLines(name, lines, options);
  if (sentences.length === 0) {
    throw new NerError(
      'E_CORPUS_EMPTY',
      `${name}: no sentence, got ${lines.filter((line) => line !== '').length} lines without a labelled word; expected one word and its tag a line. Is it the right file?`,
    );
  }
  return sentences;
}

function readLines(name: string, lines: readonly string[], options: ConllOptions): Sentence[] {
  const data = lines.filter((line) => !isBlank(line) && !line.startsWith(documentMark));
  const split = data.filter((line) => line.includes('\t')).length * 2 >= data.length ? splitAtTabs : splitAtSpaces;
  if (data.length > 0) checkColumns(name, split(data[0]!), options);
  const sentences: Sentence[] = [];
  let words: string[] = [];
  let tags: string[] = [];
  const flush = (line: number): void => {
    if (words.length > 0) sentences.push({ words, tags, file: name, line: line - words.length });
    words = [];
    tags = [];
  };
  for (const [index, line] of lines.entries()) {
    if (isBlank(line) || line.startsWith(documentMark)) {
      flush(index + 1);
      continue;
    }
    const place = `${name}:${index + 1}`;
    const { word, tag } = readRow(place, split(line), options);
    words.push(word);
    tags.push(continueTag(place, tag, tags.at(-1), options));
  }
  flush(lines.length + 1);
  return sentences;
}

function isBlank(line: string): boolean {
  return /^[ \t]*$/.test(line);
}

function splitAtTabs(line: string): readonly string[] {
  const columns = line.split('\t').map((column) => column.replace(/^ +/, '').replace(/ +$/, ''));
  while (columns.at(-1) === '') columns.pop();
  return columns;
}

function splitAtSpaces(line: string): readonly string[] {
  return line.split(/[ \t]+/).filter((column) => column !== '');
}

/** A column asked for that even the first line does not have is the caller's mistake, not the file's. */
function checkColumns(name: string, first: readonly string[], options: ConllOptions): void {
  for (const [option, column] of [
    ['tokenColumn', options.tokenColumn],
    ['tagColumn', options.tagColumn],
  ] as const) {
    if (column === undefined || (Number.isInteger(column) && first.at(column) !== undefined)) continue;
    const columns = first.map((value, index) => `${index} ('${value}')`).join(', ');
    throw new NerError(
      'E_CORPUS_COLUMN',
      `${name}: ${option}: there is no such column, got ${column}; expected one of ${columns}. Columns count from 0, or from -1 at the end.`,
    );
  }
}

function readRow(place: string, columns: readonly string[], options: ConllOptions): { word: string; tag: string } {
  const { tokenColumn = 0, tagColumn = -1 } = options;
  const word = columns.at(tokenColumn);
  const tag = columns.at(tagColumn);
  if (word === undefined || tag === undefined || columns.length < 2) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: a column is missing, got ${columns.length} (${JSON.stringify(columns.join(' '))}); expected a word and its tag. Correct or remove the line.`,
    );
  }
  if (word === '') {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: the word is empty, got tag ${JSON.stringify(tag)}; expected a word and its tag. Correct or remove the line.`,
    );
  }
  if (!tagPattern.test(tag)) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${place}: the tag is outside the scheme, got ${JSON.stringify(tag)}; expected O, B-type or I-type. Correct the tag.`,
    );
  }
  return { word, tag };
}

/** The tag itself when it may follow `previous` in BIO; otherwise repaired, or refused. */
function continueTag(place: string, tag: string, previous: string | undefined, options: ConllOptions): string {
  if (!tag.startsWith('I-')) return tag;
  const type = tag.slice(2);
  if (previous !== undefined && previous !== 'O' && previous.slice(2) === type) return tag;
  const what = `${place}: the tag continues nothing, got ${tag} after ${previous ?? 'the start of the sentence'}`;
  if (options.repair !== true) {
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${what}; expected B-${type}. Correct it, or have it put right with --repair.`,
    );
  }
  options.onRepair?.(`${what}; read as B-${type}`);
  return `B-${type}`;
}
