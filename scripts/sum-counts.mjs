// Passes on what several test runs print, and puts their closing lines `tests: N passed, N failed, N skipped` together
// into one at the end: { npm test; npm run test:parity; } | node scripts/sum-counts.mjs
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COUNTS = /^tests: (\d+) passed, (\d+) failed, (\d+) skipped$/;

/** The counts of a closing line; undefined for any other line. */
export function readCounts(line) {
  const found = COUNTS.exec(line);
  return found === null ? undefined : found.slice(1).map(Number);
}

/** One closing line for several. */
export function sumCounts(all) {
  const [passed, failed, skipped] = all.reduce((sum, counts) => sum.map((n, i) => n + counts[i]), [0, 0, 0]);
  return `tests: ${passed} passed, ${failed} failed, ${skipped} skipped`;
}

async function main() {
  const all = [];
  for await (const line of createInterface({ input: process.stdin })) {
    const counts = readCounts(line);
    if (counts === undefined) console.log(line);
    else all.push(counts);
  }
  console.log(sumCounts(all));
}

if (process.argv[1] !== undefined && fileURLToPath(import.meta.url) === process.argv[1]) await main();
