import { isMention, isUrl, shortenRuns } from './clean-word.ts';
import type { VectorCodes } from './quantized-vectors.ts';

/** Pre-trained word vectors, in half precision: row i of `values` [N, dim] and `ranks[i]` belong to the i-th word. */
export interface VectorTable {
  readonly dim: number;
  readonly index: ReadonlyMap<string, number>;
  /** The place of each word in the file it came from, which lists frequent words first. */
  readonly ranks: Int32Array;
  readonly values: Float16Array;
  /** What `values` were rounded to, for a table that is kept a byte a number. */
  readonly quantized?: VectorCodes | undefined;
}

/** What is known of one word: its vector, log frequency rank, whether it has none, whether it was composed of parts. */
export interface VectorEntry {
  readonly vector: Float32Array;
  readonly extras: readonly [logRank: number, missing: number, composed: number];
}

/** How many numbers `VectorEntry.extras` holds. */
export const VECTOR_EXTRAS = 3;

/** Scales the logarithm of a rank of a few hundred thousand to about 1. */
const LOG_RANK_SCALE = 13;
const MAX_SEGMENTED_LENGTH = 24;
const MAX_PART_LENGTH = 14;
/** Parts of one or two letters are believed only if they are as common as `of` or `in`. */
const SHORT_PART_MAX_RANK = 60;
/** Cost of one more part, in units of log rank: few long parts before many short ones. */
const PART_COST = 4;

const cleanEdges = /^[.,!?:;()"'*\-_~`[\]{}<>/\\|]+|[.,!?:;()"'*\-_~`[\]{}<>/\\|]+$/g;

/** The spellings under which a cleaned word may be listed, best first; none for URLs and mentions. */
export function vectorCandidates(clean: string): readonly string[] {
  if (isUrl(clean.toLowerCase()) || isMention(clean)) return [];
  const lower = clean.toLowerCase();
  const body = lower.length > 1 && lower.startsWith('#') ? lower.slice(1) : lower;
  const short = shortenRuns(body);
  const single = short === body ? short : body.replace(/(.)\1+/gu, '$1');
  const stripped = body.replace(cleanEdges, '');
  const candidates = [body, short, single, stripped];
  if (stripped.endsWith("'s")) candidates.push(stripped.slice(0, -2));
  candidates.push(stripped.replace(/['.]/g, ''));
  return candidates;
}

/** The vector of a word as it is listed, a view of the table; undefined for a word that it does not have. */
export function createListedVector({ dim, index, values }: VectorTable): (word: string) => Float16Array | undefined {
  return (word) => {
    const row = index.get(word);
    return row === undefined ? undefined : values.subarray(row * dim, (row + 1) * dim); // [dim]
  };
}

/** Looks words up: as they are, else a hashtag by the words it is made of, else a compound by its parts. */
export function createVectorLookup(table: VectorTable): (clean: string) => VectorEntry {
  const none: VectorEntry = { vector: new Float32Array(table.dim), extras: [0, 1, 0] };
  return (clean) => {
    for (const candidate of vectorCandidates(clean)) {
      const row = table.index.get(candidate);
      if (row !== undefined) return entryOf(table, [row], 0);
    }
    const parts = partsOf(table, clean);
    return parts.length === 0 ? none : entryOf(table, parts, 1);
  };
}

function entryOf(table: VectorTable, rows: readonly number[], composed: 0 | 1): VectorEntry {
  const vector = new Float32Array(table.dim);
  let rank = 0;
  for (const row of rows) {
    rank = Math.max(rank, table.ranks[row]!);
    const base = row * table.dim;
    for (let i = 0; i < table.dim; i++) vector[i]! += table.values[base + i]! / rows.length;
  }
  return { vector, extras: [Math.log(rank + 1) / LOG_RANK_SCALE, 0, composed] };
}

function partsOf(table: VectorTable, clean: string): readonly number[] {
  const lower = clean.toLowerCase();
  if (isUrl(lower) || isMention(clean)) return [];
  if (lower.length > 1 && lower.startsWith('#')) {
    const camel = clean.match(/[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+/g) ?? [];
    const rows = camel.map((part) => table.index.get(part.toLowerCase()));
    if (camel.length > 1 && rows.every((row) => row !== undefined)) return rows;
    return segment(table, lower.slice(1));
  }
  const pieces = lower.split(/[-/._]+/);
  if (pieces.length < 2) return [];
  return pieces.map((piece) => table.index.get(piece)).filter((row) => row !== undefined);
}

/** The cheapest way to write `text` as listed words, by dynamic programming; none if there is no way. */
function segment(table: VectorTable, text: string): readonly number[] {
  const n = text.length;
  if (n < 4 || n > MAX_SEGMENTED_LENGTH) return [];
  const cost = new Float64Array(n + 1).fill(Infinity);
  cost[0] = 0;
  const from = new Int32Array(n + 1);
  const row = new Int32Array(n + 1);
  for (let end = 1; end <= n; end++) {
    for (let start = Math.max(0, end - MAX_PART_LENGTH); start < end; start++) {
      if (cost[start] === Infinity) continue;
      const found = table.index.get(text.slice(start, end));
      if (found === undefined) continue;
      const rank = table.ranks[found]!;
      if (end - start < 3 && rank > SHORT_PART_MAX_RANK) continue;
      const total = cost[start]! + Math.log(rank + 2) + PART_COST;
      if (total < cost[end]!) {
        cost[end] = total;
        from[end] = start;
        row[end] = found;
      }
    }
  }
  const parts: number[] = [];
  if (cost[n] === Infinity) return parts;
  for (let end = n; end > 0; end = from[end]!) parts.unshift(row[end]!);
  return parts;
}
