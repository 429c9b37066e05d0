import { parquetReadObjects } from 'hyparquet';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { Entity, TaggedTweet } from '../contracts/tweet.ts';
import { NerError } from '../ner-error.ts';
import { given } from './canonical-record.ts';

/** A record, and the pack (queue message) that it came in. */
export interface PackedRecord {
  readonly pack: string;
  readonly record: TaggedTweet;
}

/** Rows of a row group: enough for readers that skip by statistics, few enough to be held in memory. */
const ROWS_PER_GROUP = 20_000;

type Row = Readonly<Record<string, unknown>>;
type Said = string | null | undefined;

const text = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const time = { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' } as const;
const offset = { type: 'INT32' } as const;
const score = { type: 'DOUBLE' } as const;
const required = { repetition_type: 'REQUIRED' } as const;
const optional = { repetition_type: 'OPTIONAL' } as const;

const ENTITY_FIELDS = [
  { name: 'type', ...required, ...text },
  { name: 'text', ...required, ...text },
  { name: 'start', ...required, ...offset },
  { name: 'end', ...required, ...offset },
  { name: 'startCp', ...required, ...offset },
  { name: 'endCp', ...required, ...offset },
  { name: 'score', ...required, ...score },
] as const;

const COLUMNS = [
  { name: 'id', ...required, ...text },
  { name: 'created_at', ...optional, ...time },
  { name: 'tagged_at', ...required, ...time },
  { name: 'lang', ...optional, ...text },
  { name: 'author', ...optional, ...text },
  { name: 'text', ...optional, ...text },
  { name: 'model', ...required, ...text },
  { name: 'pack', ...required, ...text },
] as const;

const SCHEMA = [
  { name: 'root', num_children: COLUMNS.length + 1 },
  ...COLUMNS,
  { name: 'entities', ...required, num_children: 1, converted_type: 'LIST' as const },
  { name: 'list', repetition_type: 'REPEATED' as const, num_children: 1 },
  { name: 'element', ...required, num_children: ENTITY_FIELDS.length },
  ...ENTITY_FIELDS,
];

/**
 * The records as one Parquet file. Parquet's strings are UTF-8 and its times are numbers, so a record comes back in the
 * form of `canonicalRecord`.
 */
export function encodeParquet(records: readonly PackedRecord[]): Uint8Array {
  const column = (name: string, value: (packed: PackedRecord) => unknown) => ({ name, data: records.map(value) });
  const buffer = parquetWriteBuffer({
    schema: SCHEMA,
    columnData: [
      column('id', ({ record }) => record.id),
      column('created_at', ({ record }) => timeOf(record.createdAt)),
      column('tagged_at', ({ record }) => timeOf(record.taggedAt)),
      column('lang', ({ record }) => record.lang),
      column('author', ({ record }) => record.author),
      column('text', ({ record }) => record.text),
      column('model', ({ record }) => record.model),
      column('pack', ({ pack }) => pack),
      column('entities', ({ record }) => record.entities),
    ],
    rowGroupSize: ROWS_PER_GROUP,
    // One page a column and row group: a page must begin with a row, which the writer does not see to for lists.
    pageSize: 0,
  });
  return new Uint8Array(buffer);
}

/** @throws E_RESULT_DAMAGED when the object cannot be read as such a file. */
export async function decodeParquet(key: string, body: Uint8Array): Promise<readonly PackedRecord[]> {
  return (await readRows(key, body)).map((row) => ({
    pack: row['pack'] as string,
    record: {
      id: row['id'] as string,
      entities: row['entities'] as Entity[],
      model: row['model'] as string,
      taggedAt: (row['tagged_at'] as Date).toISOString(),
      ...given('createdAt', (row['created_at'] as Date | null | undefined)?.toISOString()),
      ...given('lang', row['lang'] as Said),
      ...given('author', row['author'] as Said),
      ...given('text', row['text'] as Said),
    },
  }));
}

/** The ids that the object holds, by pack: cheaper than all of it. @throws E_RESULT_DAMAGED */
export async function idsByPack(key: string, body: Uint8Array): Promise<ReadonlyMap<string, readonly string[]>> {
  const ids = new Map<string, string[]>();
  for (const row of await readRows(key, body, ['id', 'pack'])) {
    const pack = row['pack'] as string;
    const held = ids.get(pack);
    if (held === undefined) ids.set(pack, [row['id'] as string]);
    else held.push(row['id'] as string);
  }
  return ids;
}

async function readRows(key: string, body: Uint8Array, columns?: string[]): Promise<readonly Row[]> {
  try {
    // hyparquet takes a whole ArrayBuffer; the body may be a view into a larger one.
    const file = new Uint8Array(body).buffer;
    return await parquetReadObjects({ file, ...(columns === undefined ? {} : { columns }) });
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new NerError(
      'E_RESULT_DAMAGED',
      `${key}: results: the Parquet file cannot be read, got '${detail.slice(0, 200)}'; expected one that compaction ` +
        'wrote. Restore it from a backup.',
      { cause },
    );
  }
}

function timeOf(iso: string | undefined): Date | undefined {
  return iso === undefined ? undefined : new Date(iso);
}
