import type { JsonValue, SearchSpace } from './space.ts';
import type { FinishedRound, Trial } from './trial.ts';

/** What became of a trial over all of its rounds. */
export interface TrialResult {
  readonly trial: Trial;
  /** Epochs that it was trained for, when its last round did not fail. */
  readonly epochs: number;
  /** The best score of all its epochs; null when its first round failed. */
  readonly score: number | null;
  /** Why its last round failed; null when it did not. */
  readonly failure: string | null;
}

/** The trials of a search, the best first, failed ones last; of equal ones the earlier first. */
export function trialResults(finished: readonly FinishedRound[]): readonly TrialResult[] {
  const byTrial = Map.groupBy(finished, ({ trial }) => trial.id);
  const results = [...byTrial.values()].map((rounds): TrialResult => {
    const last = rounds.at(-1)!;
    const scores = rounds.flatMap(({ score }) => (score === null ? [] : [score]));
    return {
      trial: last.trial,
      epochs: last.failure === null ? last.toEpoch : last.fromEpoch,
      score: scores.length === 0 ? null : Math.max(...scores),
      failure: last.failure,
    };
  });
  return results.toSorted((a, b) => (b.score ?? -Infinity) - (a.score ?? -Infinity) || a.trial.id - b.trial.id);
}

export interface Table {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A row a trial: number, dev F1 in per cent, epochs, and each setting that was varied. */
export function trialTable(space: SearchSpace, results: readonly TrialResult[]): Table {
  const paths = Object.keys(space);
  return {
    columns: ['trial', 'dev F1', 'epochs', ...paths],
    rows: results.map(({ trial, score, epochs }) => [
      String(trial.id),
      score === null ? 'failed' : (100 * score).toFixed(2),
      String(epochs),
      ...paths.map((path) => showValue(trial.values[path]!)),
    ]),
  };
}

/** A value as a cell: text as it is, small numbers with an exponent, everything else as JSON. */
export function showValue(value: JsonValue): string {
  if (typeof value === 'string') return value;
  const small = typeof value === 'number' && value !== 0 && Math.abs(value) < 1e-3;
  return small ? value.toExponential() : JSON.stringify(value);
}

/** Which columns hold numbers. */
export function numberColumns({ columns, rows }: Table): readonly boolean[] {
  return columns.map((_, i) => rows.every((row) => row[i] === 'failed' || Number.isFinite(Number(row[i]))));
}

/** Columns under each other, numbers to the right, for a terminal. */
export function tableText(table: Table): string {
  const { columns, rows } = table;
  const toRight = numberColumns(table);
  const cells = [columns, ...rows];
  const widths = columns.map((_, i) => Math.max(...cells.map((row) => row[i]!.length)));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => (toRight[i]! ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
      .join('  ')
      .trimEnd();
  return cells.map((row) => `${line(row)}\n`).join('');
}

/** As GitHub has it. */
export function tableMarkdown({ columns, rows }: Table): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replace(/[\\|]/g, '\\$&')).join(' | ')} |\n`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('');
}

/** As RFC 4180 has it. */
export function tableCsv({ columns, rows }: Table): string {
  const cell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
  return [columns, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}
