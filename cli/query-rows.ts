import type { DuckDBResult, Json } from '@duckdb/node-api';
import { sqlError } from './result-database.ts';
import type { TextOutput } from './text-output.ts';
import { textTable } from './text-table.ts';

export type RowFormat = 'table' | 'csv' | 'json';

/** A table is for people: more rows than this, and wider cells, are not read. */
const TABLE_ROWS = 1_000;
const TABLE_CELL = 80;

/** Writes the rows of a result: CSV and JSON as they come, a table when all are known. */
export async function writeRows(result: DuckDBResult, format: RowFormat, output: TextOutput): Promise<void> {
  const columns = result.deduplicatedColumnNames();
  if (format === 'csv') await output.write(csvLine(columns));
  const kept: Json[][] = [];
  let rows = 0;
  for await (const chunk of chunksOf(result)) {
    if (output.readerGone.aborted) return;
    rows += chunk.length;
    if (format === 'table') kept.push(...chunk.slice(0, Math.max(0, TABLE_ROWS - kept.length)));
    else await output.write(chunk.map((row) => (format === 'csv' ? csvLine(row) : jsonLine(columns, row))).join(''));
    if (format === 'table' && rows > TABLE_ROWS) break;
  }
  if (format !== 'table') return;
  const cells = kept.map((row) => row.map((value) => shorten(cellOf(value))));
  const numeric = columns.map((_, i) => kept.length > 0 && kept.every((row) => isNumber(row[i]!)));
  await output.write(
    textTable(
      columns.map((title, i) => ({ title, align: numeric[i] === true ? 'right' : 'left' })),
      cells,
    ),
  );
  if (rows > TABLE_ROWS) await output.write(`... more than ${TABLE_ROWS} rows; --csv and --json have them all\n`);
}

/** An error may come with any chunk: DuckDB reads the files while rows are taken. */
async function* chunksOf(result: DuckDBResult): AsyncGenerator<Json[][]> {
  try {
    yield* result.yieldRowsJson();
  } catch (error) {
    throw sqlError(error);
  }
}

function isNumber(value: Json): boolean {
  return value === null || typeof value === 'number' || (typeof value === 'string' && /^-?\d+(?:\.\d+)?$/.test(value));
}

function cellOf(value: Json): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function shorten(cell: string): string {
  const characters = Array.from(cell);
  return characters.length <= TABLE_CELL ? cell : `${characters.slice(0, TABLE_CELL - 1).join('')}…`;
}

/** RFC 4180. */
function csvLine(row: readonly Json[]): string {
  const cells = row.map((value) => {
    const cell = cellOf(value);
    return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
  });
  return `${cells.join(',')}\n`;
}

function jsonLine(columns: readonly string[], row: readonly Json[]): string {
  return `${JSON.stringify(Object.fromEntries(columns.map((name, i) => [name, row[i]])))}\n`;
}
