import { CsvError, parse } from 'csv-parse/sync';
import { decodeUtf8, readBytes } from '../../shared/corpus/text-file.ts';
import { NerError } from '../../shared/ner-error.ts';
import { csvText, withoutGuard } from './csv-text.ts';
import { keyOf, type Name } from './name.ts';
import type { GroupedName } from './name-groups.ts';

const COLUMNS = ['type', 'group', 'name', 'comments', 'decided by', 'similarity', 'why', 'spellings'] as const;

/** Columns that must be there in a file that is given back; the others only tell. */
const READ = ['type', 'group', 'name', 'decided by'] as const;

/** Spellings of a name that are told. */
const SPELLINGS = 5;

/** A row of a file that was given back. */
export interface MergeRow {
  readonly type: string;
  readonly group: string;
  readonly name: string;
  readonly decidedBy: 'machine' | 'person';
  readonly file: string;
  readonly line: number;
}

/** merges.csv: every name with the group that it counts to, the groups as they come and the names of each together. */
export function mergesCsv(names: readonly GroupedName[]): string {
  return csvText(
    COLUMNS,
    names.map(({ name, group, decidedBy, similarity, why }) => [
      name.type,
      group,
      name.form,
      name.comments,
      decidedBy,
      similarity,
      why,
      spellingsOf(name),
    ]),
  );
}

/** The spellings of a name, the most frequent first. */
export function spellingsOf({ spellings }: Pick<Name, 'spellings'>): string {
  const ranked = [...spellings].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
  const more = ranked.length > SPELLINGS ? ` and ${ranked.length - SPELLINGS} more` : '';
  return `${ranked
    .slice(0, SPELLINGS)
    .map(([spelling]) => spelling)
    .join(' | ')}${more}`;
}

/**
 * Reads a merges.csv that was edited.
 *
 * @throws {E_FILE_UNREADABLE}
 * @throws {E_CORPUS_MALFORMED} with file and line: no CSV, a column that is missing, an empty cell, a `decided by` that is
 *   neither, or a name that stands twice
 */
export function readMerges(file: string): readonly MergeRow[] {
  const records = parseRecords(file, decodeUtf8(file, readBytes(file)));
  const lines = new Map<string, number>();
  return records.map(({ record, line }) => {
    const cell = (column: (typeof READ)[number]): string => {
      const value = withoutGuard(record[column]!).trim();
      if (value === '') throw malformed({ file, line }, `'${column}' is empty`, 'a value in it');
      return value;
    };
    const row = { type: cell('type'), group: cell('group'), name: cell('name'), file, line };
    const decidedBy = cell('decided by').toLowerCase();
    if (decidedBy !== 'machine' && decidedBy !== 'person') {
      throw malformed({ file, line }, `'decided by' is neither of the two, got '${decidedBy}'`, 'machine or person');
    }
    const key = keyOf({ type: row.type, form: row.name });
    const before = lines.get(key);
    if (before !== undefined) {
      throw malformed(
        { file, line },
        `'${row.name}' of type ${row.type} stands in line ${before} already`,
        'each name once',
      );
    }
    lines.set(key, line);
    return { ...row, decidedBy };
  });
}

interface CsvRecord {
  readonly record: Readonly<Record<string, string>>;
  /** The line in which it ends, from 1. */
  readonly line: number;
}

function parseRecords(file: string, text: string): readonly CsvRecord[] {
  if (text.trim() === '') throw malformed({ file, line: 1 }, 'the file is empty', `the columns ${COLUMNS.join(',')}`);
  try {
    const found = parse(text, {
      columns: (header: string[]) => {
        const missing = READ.find((column) => !header.includes(column));
        if (missing !== undefined) {
          throw malformed(
            { file, line: 1 },
            `the column '${missing}' is missing, got ${header.join(',')}`,
            COLUMNS.join(','),
          );
        }
        return header;
      },
      info: true,
      skip_empty_lines: true,
    });
    return (found as unknown as readonly { record: Record<string, string>; info: { lines: number } }[]).map(
      ({ record, info }) => ({ record, line: info.lines }),
    );
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    const line = typeof cause['lines'] === 'number' ? cause['lines'] : 1;
    throw malformed(
      { file, line },
      `the row is no CSV (${cause.message})`,
      'rows as in the file that was written',
      cause,
    );
  }
}

function malformed(
  { file, line }: Pick<MergeRow, 'file' | 'line'>,
  wrong: string,
  expected: string,
  cause?: unknown,
): NerError {
  return new NerError(
    'E_CORPUS_MALFORMED',
    `${file}:${line}: ${wrong}; expected ${expected}. Mend the line, or start again from the merges.csv of an analysis.`,
    { cause },
  );
}
