import { CsvError, parse } from 'csv-parse/sync';
import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';
import { NerError } from '../../shared/ner-error.ts';

/** Columns of what people said of a comment, in the order of the file. */
export const COMMENT_LABELS = [
  'Relevance',
  'Polarity',
  'Feature request',
  'Problem report',
  'Efficiency',
  'Safety',
] as const;

export type CommentLabel = (typeof COMMENT_LABELS)[number];

/** A comment under a video. */
export interface Comment {
  readonly id: string;
  /** Where its row begins in the file, from 1. */
  readonly line: number;
  /** As the file has it. */
  readonly date: string;
  readonly author: string;
  readonly likes: number;
  readonly replies: number;
  /** As the file has it, line breaks included, so that offsets into it hold. */
  readonly text: string;
  /** As the file has them: what a value means is the user's. */
  readonly labels: Readonly<Record<CommentLabel, string>>;
}

export interface CommentsFile {
  readonly comments: readonly Comment[];
  /** What was left out, each as `file:line: what`. */
  readonly notices: readonly string[];
}

const COLUMNS = ['ID', 'Date', 'Author', 'Likes', 'Replies', 'Comment', ...COMMENT_LABELS] as const;
type Column = (typeof COLUMNS)[number];

/** Words as an older tool left them; they are cut anew here. */
const IGNORED_COLUMN = 'tokens';

interface Row {
  readonly file: string;
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Reads a CSV file of video comments: RFC 4180 in UTF-8, LF or CRLF, with the columns ID, Date, Author, Likes, Replies,
 * Comment, Relevance, Polarity, Feature request, Problem report, Efficiency and Safety in any order. A column `tokens`
 * is passed over, other columns are named in the notices. Left out with a notice: empty rows, rows without a comment,
 * an ID that was there before, and the same text by the same author again (white space aside).
 *
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_CORPUS_MALFORMED} not UTF-8, a quote out of place, a column that is missing or there twice, a row of
 *   another length, a comment without ID, likes or replies that are no whole number. With file and line.
 * @throws {E_CORPUS_EMPTY} no comment is left
 */
export function readComments(file: string): CommentsFile {
  const bytes = readBytes(file);
  decodeUtf8(file, bytes);
  const [header, ...rows] = parseRows(file, bytes);
  const places = placesOf(file, header?.cells ?? []);
  const notices = unknownColumns(file, header?.cells ?? []);
  const seen = createSeen();
  const comments = rows.flatMap((row) => {
    const comment = commentOf(row, { places, count: header!.cells.length });
    const why = typeof comment === 'string' ? comment : seen(comment);
    if (why === undefined) return [comment as Comment];
    notices.push(`${file}:${row.line}: ${why}; left out`);
    return [];
  });
  if (comments.length > 0) return { comments, notices };
  throw new NerError(
    'E_CORPUS_EMPTY',
    `${file}: no comment, got ${rows.length} rows under the header; expected at least one with a text. Is it the right file?`,
  );
}

/** Records with the line on which each begins: a comment may go over several. */
function parseRows(file: string, bytes: Uint8Array): readonly Row[] {
  const rows: Row[] = [];
  let [at, line] = [0, 1];
  const onRecord = (cells: string[], { bytes: end }: { readonly bytes: number }): null => {
    rows.push({ file, line, cells });
    for (; at < end; at++) if (bytes[at] === 0x0a) line++;
    return null;
  };
  try {
    parse(bytes, { bom: true, relax_column_count: true, record_delimiter: ['\r\n', '\n'], on_record: onRecord });
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw malformed(
      { file, line },
      `a quote is out of place, got ${error.code}; expected "..." around a cell, with "" for a quote in it. Close or double the quote.`,
      error,
    );
  }
  return rows;
}

function malformed({ file, line }: Pick<Row, 'file' | 'line'>, what: string, cause?: unknown): NerError {
  return new NerError('E_CORPUS_MALFORMED', `${file}:${line}: ${what}`, { cause });
}

function placesOf(file: string, header: readonly string[]): ReadonlyMap<Column, number> {
  const names = header.map((name) => name.trim());
  const got = `got ${JSON.stringify(names.join(','))}; expected ${COLUMNS.join(',')}`;
  return new Map(
    COLUMNS.map((column) => {
      const place = names.indexOf(column);
      if (place < 0) {
        throw malformed({ file, line: 1 }, `the column '${column}' is missing, ${got}. Is its separator a comma?`);
      }
      if (names.lastIndexOf(column) !== place) {
        throw malformed({ file, line: 1 }, `the column '${column}' is there twice, ${got}. Remove one.`);
      }
      return [column, place] as const;
    }),
  );
}

function unknownColumns(file: string, header: readonly string[]): string[] {
  const known: readonly string[] = [...COLUMNS, IGNORED_COLUMN];
  const unknown = header.map((name) => name.trim()).filter((name) => !known.includes(name));
  return unknown.map((name) => `${file}:1: the column '${name}' is not known; left out`);
}

/** The comment of a row, or why there is none. */
function commentOf(
  row: Row,
  { places, count }: { readonly places: ReadonlyMap<Column, number>; readonly count: number },
): Comment | string {
  if (row.cells.every((cell) => cell.trim() === '')) return 'the row is empty';
  if (row.cells.length !== count) {
    throw malformed(
      row,
      `the row has ${row.cells.length} cells, got ${JSON.stringify(row.cells.join(','))}; expected ${count}, as the header has. Quote the commas.`,
    );
  }
  const cell = (column: Column): string => row.cells[places.get(column)!]!;
  const text = cell('Comment');
  const id = cell('ID').trim();
  if (text.trim() === '') return `comment ${id === '' ? 'without ID' : id} has no text`;
  if (id === '') {
    throw malformed(
      row,
      `the comment has no ID, got ${JSON.stringify(text)}; expected one in the column ID. Fill it in.`,
    );
  }
  return {
    id,
    line: row.line,
    date: cell('Date'),
    author: cell('Author'),
    likes: wholeNumber(row, 'Likes', cell('Likes')),
    replies: wholeNumber(row, 'Replies', cell('Replies')),
    text,
    labels: Object.fromEntries(COMMENT_LABELS.map((label) => [label, cell(label)])) as Comment['labels'],
  };
}

function wholeNumber(row: Row, column: Column, cell: string): number {
  const digits = cell.trim();
  if (/^\d{1,15}$/.test(digits)) return Number(digits);
  throw malformed(
    row,
    `${column} is no whole number, got ${JSON.stringify(cell)}; expected digits alone, 0 for none. Correct it.`,
  );
}

/** Says of which earlier comment one is a copy. */
function createSeen(): (comment: Comment) => string | undefined {
  const ids = new Map<string, number>();
  const texts = new Map<string, Comment>();
  return (comment) => {
    const key = JSON.stringify([comment.author, comment.text.trim().replace(/\s+/g, ' ')]);
    const line = ids.get(comment.id);
    if (line !== undefined) return `ID ${comment.id} is that of line ${line}`;
    ids.set(comment.id, comment.line);
    const first = texts.get(key);
    if (first !== undefined) return `comment ${comment.id} is comment ${first.id} of line ${first.line} again`;
    texts.set(key, comment);
    return undefined;
  };
}
