/** Values of one quantity, one for each run. */
export type Samples = Readonly<Record<string, readonly number[]>>;

/** What is known of a quantity besides its values. */
export interface Quantity {
  readonly name: string;
  readonly unit: 'tweets/s' | 'us/tweet' | 's' | 'ms' | 'MiB' | 'x' | 'F1' | 'tweets' | '%' | '$';
  /** What it was measured on. */
  readonly data: string;
  /** The least that is promised. */
  readonly atLeast?: number;
}

/** A measured quantity. */
export interface Figure extends Quantity {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly runs: number;
}

/** @param values at least one */
export function figureOf(quantity: Quantity, values: readonly number[]): Figure {
  if (values.length === 0) throw new Error(`no run of '${quantity.name}'`);
  const [min, max] = [Math.min(...values), Math.max(...values)];
  return { ...quantity, median: median(values), min, max, runs: values.length };
}

/** @param values at least one */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** The values of both, run after run. */
export function joinSamples(first: Samples, second: Samples): Samples {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  return Object.fromEntries([...names].map((name) => [name, [...(first[name] ?? []), ...(second[name] ?? [])]]));
}

/** Figures as a table with a row each. */
export function formatFigures(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    figure.name,
    figure.data,
    `${amount(figure.median)} ${figure.unit}`,
    `${amount(figure.min)} .. ${amount(figure.max)}`,
    String(figure.runs),
    promise(figure),
  ]);
  const table = [['what', 'data', 'median', 'min .. max', 'runs', 'promised'], ...rows];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table
    .map((row) =>
      row.map((cell, column) => (column < 2 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!))),
    )
    .map((cells) => `${cells.join('  ').trimEnd()}\n`)
    .join('');
}

function promise({ atLeast, median, unit }: Figure): string {
  if (atLeast === undefined) return '';
  return `>= ${amount(atLeast)} ${unit}: ${median >= atLeast ? 'kept' : 'BROKEN'}`;
}

/** Three digits, as more are noise. */
function amount(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toPrecision(3);
}
