import type { Figures } from './figures.ts';
import { pythonFixed } from './python-fixed.ts';

/** A line of a report: figures, or an accuracy, which has neither precision nor recall; null is an empty line. */
export type ReportRow = readonly [name: string, figures: Figures | AccuracyCell] | null;

export interface AccuracyCell {
  readonly accuracy: number;
  readonly support: number;
}

/**
 * The table of seqeval's and scikit-learn's `classification_report`, to the character: names to the right, then
 * precision, recall, F1 and support in columns of nine. Ends with one newline.
 */
export function reportTable(rows: readonly ReportRow[], digits: number): string {
  const width = Math.max(...rows.map((row) => (row === null ? 0 : codePoints(row[0]))), 'weighted avg'.length, digits);
  const line = (name: string, cells: readonly string[]): string =>
    `${padStart(name, width)} ${cells.map((text) => ' ' + text.padStart(9)).join('')}`;
  const share = (value: number): string => pythonFixed(value, digits);
  const text = rows.map((row) => {
    if (row === null) return '';
    const [name, figures] = row;
    if ('accuracy' in figures) return line(name, ['', '', share(figures.accuracy), String(figures.support)]);
    const { precision, recall, f1, support } = figures;
    return line(name, [share(precision), share(recall), share(f1), String(support)]);
  });
  return [line('', ['precision', 'recall', 'f1-score', 'support']), ...text, ''].join('\n');
}

function codePoints(text: string): number {
  return Array.from(text).length;
}

/** padStart by code points, as Python counts them. */
function padStart(text: string, width: number): string {
  return ' '.repeat(width - codePoints(text)) + text;
}
