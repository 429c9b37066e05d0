import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const ENTITIES =
  'STRUCT("type" VARCHAR, "text" VARCHAR, "start" INTEGER, "end" INTEGER, "startCp" INTEGER, "endCp" INTEGER, score DOUBLE)[]';

/** Columns of the view, with their types. */
const COLUMNS = {
  dt: 'DATE',
  hr: 'TINYINT',
  id: 'VARCHAR',
  created_at: 'TIMESTAMP',
  tagged_at: 'TIMESTAMP',
  lang: 'VARCHAR',
  author: 'VARCHAR',
  text: 'VARCHAR',
  model: 'VARCHAR',
  pack: 'VARCHAR',
  entities: ENTITIES,
} as const;

/** The shape of a line of an NDJSON object, for DuckDB's from_json. */
const LINE = JSON.stringify({
  id: 'VARCHAR',
  createdAt: 'VARCHAR',
  taggedAt: 'VARCHAR',
  lang: 'VARCHAR',
  author: 'VARCHAR',
  text: 'VARCHAR',
  model: 'VARCHAR',
  entities: [
    {
      type: 'VARCHAR',
      text: 'VARCHAR',
      start: 'INTEGER',
      end: 'INTEGER',
      startCp: 'INTEGER',
      endCp: 'INTEGER',
      score: 'DOUBLE',
    },
  ],
});

const HIVE = 'hive_partitioning = true, hive_types = {dt: DATE, hr: TINYINT}, filename = true';

/**
 * SQL that makes the view `tagged` of DuckDB over all results under a store's folder: one row a record, whichever form
 * it is in, each pack once. Times are UTC. A form that no result has is left out, because DuckDB refuses a pattern that
 * matches nothing: make the view anew when results may have come since.
 */
export function taggedView(root: string): string {
  const { ndjson, parquet } = formsUnder(join(root, 'tagged'));
  return `CREATE OR REPLACE VIEW tagged AS\n${select(root, ndjson, parquet)};\n`;
}

function select(root: string, ndjson: boolean, parquet: boolean): string {
  const names = Object.keys(COLUMNS).join(', ');
  if (parquet && ndjson) {
    return `WITH packed AS (${parquetRows(root)}), held AS (${HELD}), lines AS (${ndjsonRows(root)})
SELECT ${names} FROM packed SEMI JOIN held USING (pack, filename)
UNION ALL SELECT ${names} FROM lines ANTI JOIN held USING (pack)`;
  }
  if (parquet) {
    return `WITH packed AS (${parquetRows(root)}), held AS (${HELD})
SELECT ${names} FROM packed SEMI JOIN held USING (pack, filename)`;
  }
  if (ndjson) return `SELECT ${names} FROM (${ndjsonRows(root)})`;
  const empty = Object.entries(COLUMNS).map(([name, type]) => `NULL::${type} AS ${name}`);
  return `SELECT ${empty.join(', ')} WHERE false`;
}

/** Which object a pack counts from, when compaction that was run twice at a time wrote it to two. */
const HELD = 'SELECT pack, min(filename) AS filename FROM packed GROUP BY pack';

function parquetRows(root: string): string {
  return `SELECT dt, hr, id, created_at::TIMESTAMP AS created_at, tagged_at::TIMESTAMP AS tagged_at,
  lang, author, text, model, pack, entities::${ENTITIES} AS entities, filename
FROM read_parquet(${pattern(root, 'parquet')}, ${HIVE})`;
}

/**
 * Lines are read as text and parsed after, since DuckDB's JSON reader refuses the escape of a lone surrogate, which
 * becomes U+FFFD here. Escaped backslashes are out of the way meanwhile: they could stand before a plain `ud800`.
 */
function ndjsonRows(root: string): string {
  const csv =
    "columns = {line: 'VARCHAR'}, auto_detect = false, header = false, delim = E'\\x1f', quote = '', escape = '', new_line = '\\n'";
  const wellFormed = `CASE WHEN contains(line, '\\ud') THEN replace(regexp_replace(replace(line, '\\\\', E'\\x01'),
    '\\\\ud[89a-f][0-9a-f]{2}', '\\\\ufffd', 'g'), E'\\x01', '\\\\') ELSE line END`;
  return `SELECT dt, hr, record.id, ${utc('record."createdAt"')} AS created_at, ${utc('record."taggedAt"')} AS tagged_at,
  record.lang, record.author, record.text, record.model, parse_filename(filename, true) AS pack,
  record.entities::${ENTITIES} AS entities
FROM (SELECT dt, hr, filename, from_json(CASE WHEN json_valid(json) THEN json
    ELSE error('E_RESULT_DAMAGED: ' || filename || ': results: a line is no record; expected whole records.') END,
    ${literal(LINE)}) AS record
  FROM (SELECT dt, hr, filename, ${wellFormed} AS json FROM read_csv(${pattern(root, 'ndjson')}, ${csv}, ${HIVE})))`;
}

/** A time of ISO 8601 as TIMESTAMP in UTC, to the millisecond like in Parquet; DuckDB demands the seconds, ISO does not. */
function utc(time: string): string {
  const withSeconds = `regexp_replace(${time}, 'T(\\d\\d:\\d\\d)(Z|[+-])', 'T\\1:00\\2')`;
  return `make_timestamp_ms(epoch_ms(${withSeconds}::TIMESTAMPTZ))`;
}

/** A glob under the root, whose own special characters stand for themselves. */
function pattern(root: string, extension: string): string {
  const plain = root.replace(/[*?[\]]/g, (character) => `[${character}]`);
  return literal(`${plain}/tagged/dt=*/hr=*/*.${extension}`);
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function formsUnder(folder: string): { readonly ndjson: boolean; readonly parquet: boolean } {
  const found = { ndjson: false, parquet: false };
  for (const dt of names(folder, 'dt=')) {
    for (const hr of names(join(folder, dt), 'hr=')) {
      for (const name of names(join(folder, dt, hr), '')) {
        found.ndjson ||= name.endsWith('.ndjson');
        found.parquet ||= name.endsWith('.parquet');
        if (found.ndjson && found.parquet) return found;
      }
    }
  }
  return found;
}

function names(folder: string, prefix: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => name.startsWith(prefix));
  } catch (error) {
    // No results yet, or an hour that compaction has just emptied.
    if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR')) return [];
    throw error;
  }
}
