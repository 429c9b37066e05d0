import { CsvError, parse } from 'csv-parse/sync';
import type { Sentence } from '../../shared/corpus/conll.ts';
import { whyNotBio } from '../../shared/labels/scheme.ts';
import { NerError } from '../../shared/ner-error.ts';
import { decodeText, type TextEncoding } from './text-encoding.ts';

export interface GmbOptions {
  /** Of the bytes. Default: Windows-1252, as the file is that people have. */
  readonly encoding?: TextEncoding;
  /** Reads an `I-x` that continues nothing as `B-x` instead of refusing it. Default false. */
  readonly repair?: boolean;
  /** Told of each repair, as `file:line: ...`. */
  readonly onRepair?: (message: string) => void;
}

/** Where the columns of a file are, from 0. */
interface Columns {
  readonly sentence: number;
  readonly word: number;
  readonly tag: number;
  /** How many there are. */
  readonly count: number;
}

/** A row and where it stands. */
interface Row {
  readonly name: string;
  /** From 1. */
  readonly line: number;
  readonly cells: readonly string[];
}

const NAMES = { sentence: 'Sentence #', word: 'Word', tag: 'Tag' } as const;
/** As the corpus has it, a bare number, or one that went through a column of floats. */
const sentenceNumber = /^(?:Sentence: ?)?(\d+)(?:\.0)?$/;
/** A CoNLL file cannot hold such a word: the reader of those takes the line for the start of a document. */
const DOCUMENT_MARK = '-DOCSTART-';

/**
 * Reads the sentences of Groningen Meaning Bank's `ner_dataset.csv`: RFC 4180 with CRLF or LF, a header with at least
 * `Sentence #`, `Word` and `Tag` in any order, and one word a row. The sentence's number stands in its first row, as
 * `Sentence: 12` or `12`, or in all of them; numbers rise. Words are text, `None` too; spaces around them are dropped.
 * A `line` is that of the sentence's first word in the CSV file.
 *
 * @throws {E_CORPUS_MALFORMED} bytes of another encoding, a quote that does not end, a missing column, a row of another
 *   length, a row without word or tag, a word over several lines, a tag that is not BIO, an `I-type` that continues
 *   nothing (unless `repair`), a sentence number that does not rise. With file and line.
 * @throws {E_CORPUS_EMPTY} no row under the header
 */
export function readGmbCsv(
  { name, bytes }: { readonly name: string; readonly bytes: Uint8Array },
  { encoding = 'windows-1252', ...options }: GmbOptions = {},
): Sentence[] {
  // Each record is a line until one is refused, so the index of a record says its line.
  const [header = [], ...rows] = parseRows(name, decodeText(name, bytes, encoding));
  const columns = columnsOf(name, header);
  const sentences: { words: string[]; tags: string[]; file: string; line: number }[] = [];
  let number: number | undefined;
  rows.forEach((cells, i) => {
    if (cells.length === 1 && cells[0] === '') return;
    const row = { name, line: i + 2, cells };
    const word = wordOf(row, columns);
    const next = numberOf(row, columns, number);
    if (next !== number) sentences.push({ words: [], tags: [], file: name, line: row.line });
    number = next;
    const { words, tags } = sentences.at(-1)!;
    words.push(word);
    tags.push(tagOf(row, columns, { before: tags.at(-1), ...options }));
  });
  if (sentences.length > 0) return sentences;
  throw new NerError(
    'E_CORPUS_EMPTY',
    `${name}: no sentence, got a header alone; expected one word a row under it. Is it the right file?`,
  );
}

function parseRows(name: string, text: string): readonly (readonly string[])[] {
  const options = { relax_column_count: true, bom: true } as const;
  try {
    return parse(text, options);
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const line = brokenLine(text);
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${name}:${line}: a quote is out of place, got ${error.code}; expected "..." around a cell, with "" for a quote in it. Close or double the quote.`,
      { cause: error },
    );
  }
}

/** The line after the last record that is whole and on one line: an open quote takes in all that follows it. */
function brokenLine(text: string): number {
  let [whole, isWhole] = [0, true];
  const onRecord = (record: readonly string[]): null => {
    isWhole &&= !record.some((cell) => cell.includes('\n'));
    if (isWhole) whole++;
    return null;
  };
  try {
    parse(text, { relax_column_count: true, bom: true, on_record: onRecord });
  } catch {
    // It is the error that is being explained.
  }
  return whole + 1;
}

function columnsOf(name: string, header: readonly string[]): Columns {
  const names = header.map((cell) => cell.trim());
  const find = (column: string): number => {
    const index = names.indexOf(column);
    if (index >= 0) return index;
    throw new NerError(
      'E_CORPUS_MALFORMED',
      `${name}:1: the column '${column}' is missing, got ${JSON.stringify(names.join(','))}; expected a header such as Sentence #,Word,POS,Tag. Is it the right file, and its separator a comma?`,
    );
  };
  return { sentence: find(NAMES.sentence), word: find(NAMES.word), tag: find(NAMES.tag), count: header.length };
}

function malformed({ name, line, cells }: Row, what: string, remedy: string): NerError {
  const got = JSON.stringify(cells.join(','));
  return new NerError('E_CORPUS_MALFORMED', `${name}:${line}: ${what}, got ${got}; ${remedy}`);
}

function wordOf(row: Row, { word: column, count }: Columns): string {
  const { cells } = row;
  if (cells.some((cell) => cell.includes('\n'))) {
    throw malformed(row, 'a cell goes over several lines', 'expected one word a row. Is a quote left open?');
  }
  if (cells.length !== count) {
    throw malformed(
      row,
      `the row has ${cells.length} cells`,
      `expected ${count}, as the header has. Quote the commas.`,
    );
  }
  const word = cells[column]!.replace(/^ +| +$/g, '');
  if (word === '') throw malformed(row, 'the word is empty', 'expected a word and its tag. Correct or remove the row.');
  if (/[\t\r]/.test(word) || word.startsWith(DOCUMENT_MARK)) {
    throw malformed(
      row,
      'the word cannot stand in a CoNLL file',
      `expected no tab in it and no ${DOCUMENT_MARK}. Correct or remove the row.`,
    );
  }
  return word;
}

/** The number of the row's sentence: that of the row before where the cell is empty. */
function numberOf(row: Row, { sentence: column }: Columns, before: number | undefined): number {
  const cell = row.cells[column]!;
  if (cell === '' && before !== undefined) return before;
  const digits = sentenceNumber.exec(cell)?.[1];
  if (digits === undefined) {
    const where = before === undefined ? 'in the first row' : 'where a sentence begins, and nothing elsewhere';
    throw malformed(row, 'the sentence has no number', `expected one such as 'Sentence: 1' ${where}. Fill it in.`);
  }
  const number = Number(digits);
  if (before !== undefined && number < before) {
    throw malformed(
      row,
      `sentence ${number} comes after sentence ${before}`,
      'expected numbers that rise. Sort the file, or number its sentences anew.',
    );
  }
  return number;
}

function tagOf(
  row: Row,
  { tag: column }: Columns,
  { before, repair = false, onRepair }: GmbOptions & { readonly before: string | undefined },
): string {
  const tag = row.cells[column]!;
  const wrong = whyNotBio(tag);
  if (wrong !== undefined) throw malformed(row, wrong.split(';')[0]!, 'expected O, B-type or I-type. Correct the tag.');
  if (!tag.startsWith('I-') || before?.slice(2) === tag.slice(2)) return tag;
  const type = tag.slice(2);
  const what = `the tag ${tag} continues nothing after ${before ?? 'the start of the sentence'}`;
  if (!repair) {
    throw malformed(row, what, `expected B-${type}. Correct it, or have it put right by --option repair=true.`);
  }
  onRepair?.(`${row.name}:${row.line}: ${what}; read as B-${type}`);
  return `B-${type}`;
}
