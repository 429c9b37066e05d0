import { NerError } from '../../shared/ner-error.ts';

/** Values that say that a label is not set, in lower case; an empty one never is. */
export const DEFAULT_NOT_SET: readonly string[] = ['0', 'no', 'false', 'n/a'];

/** Whether a value of a label column says that the label is set. */
export type IsSet = (value: string) => boolean;

/**
 * The rule by which values of label columns are read: all are set but the empty one and those listed, whatever their
 * case and the space around them.
 */
export function labelReading(notSet: readonly string[] = DEFAULT_NOT_SET): IsSet {
  const known = new Set(['', ...notSet.map(plain)]);
  return (value) => !known.has(plain(value));
}

/**
 * The list of values that a flag names, with commas between them.
 *
 * @throws {E_USAGE} when one of them is empty, which needs no naming
 */
export function parseNotSet(text: string): readonly string[] {
  const values = text.split(',').map(plain);
  if (!values.includes('')) return values;
  throw new NerError(
    'E_USAGE',
    `--not-set: a value is empty, got '${text}'; expected values with commas between them, such as 0,no. An empty cell is never set.`,
  );
}

function plain(value: string): string {
  return value.trim().toLowerCase();
}

/** A value of a label column, in how many comments it is, and how it is read. */
export interface LabelValue {
  readonly column: string;
  readonly value: string;
  readonly comments: number;
  readonly isSet: boolean;
}

/** The values of each column that there are, the most frequent first. */
export function labelValues(
  labels: readonly Readonly<Record<string, string>>[],
  columns: readonly string[],
  isSet: IsSet,
): readonly LabelValue[] {
  return columns.flatMap((column) => {
    const counts = new Map<string, number>();
    for (const row of labels) counts.set(row[column]!, (counts.get(row[column]!) ?? 0) + 1);
    return [...counts]
      .map(([value, comments]) => ({ column, value, comments, isSet: isSet(value) }))
      .sort((a, b) => b.comments - a.comments || (a.value < b.value ? -1 : 1));
  });
}
