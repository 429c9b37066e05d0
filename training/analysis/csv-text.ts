import { stringify } from 'csv-stringify/sync';

/**
 * Rows as CSV under the names of their columns, RFC 4180 with LF. Text that a spreadsheet would take for a formula, for it
 * begins with `=`, `+`, `-`, `@`, a tab or a carriage return, gets an apostrophe before it
 * (https://owasp.org/www-community/attacks/CSV_Injection); numbers do not. A spreadsheet shows the text without it, other
 * programs take it off with `withoutGuard`.
 */
export function csvText(
  columns: readonly string[],
  rows: Iterable<readonly (string | number | undefined)[]>,
  { header = true }: { readonly header?: boolean } = {},
): string {
  return stringify(
    [...rows].map((row) => [...row]),
    { header, columns: [...columns], escape_formulas: true },
  );
}

/** A cell of `csvText` as it was before. */
export function withoutGuard(cell: string): string {
  return /^'[=+\-@\t\r\uff1d\uff0b\uff0d\uff20]/u.test(cell) ? cell.slice(1) : cell;
}
