/** Passed, failed, skipped. */
export type Counts = readonly number[];
export function readCounts(line: string): Counts | undefined;
export function sumCounts(all: readonly Counts[]): string;
