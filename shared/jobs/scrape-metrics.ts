import { METRIC_DEFINITIONS } from '../contracts/training-job.ts';

const patterns = METRIC_DEFINITIONS.map(({ name, regex }) => ({ name, pattern: new RegExp(regex) }));

/** The figures that a line of a trainer's output names, as the platform's log scraper finds them. */
export function scrapeMetrics(line: string): readonly { readonly name: string; readonly value: number }[] {
  return patterns.flatMap(({ name, pattern }) => {
    const value = Number(pattern.exec(line)?.[1] ?? NaN);
    return Number.isFinite(value) ? [{ name, value }] : [];
  });
}
