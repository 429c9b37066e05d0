import { DuckDBInstance } from '@duckdb/node-api';
import type { TaggedTweet } from '../../shared/contracts/tweet.ts';
import { taggedView } from '../../shared/results/duckdb-view.ts';

/** Rows of a query over the view `tagged` of a store's folder. */
export async function queryTagged(root: string, sql: string): Promise<readonly Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  try {
    await connection.run(taggedView(root));
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

/** All records as DuckDB reads them, in the form of `canonicalRecord`, by id. */
export async function duckdbRecords(root: string): Promise<readonly TaggedTweet[]> {
  const sql = `SELECT to_json({id: id, entities: entities, model: model, taggedAt: strftime(tagged_at, '%Y-%m-%dT%H:%M:%S.%gZ'),
    createdAt: strftime(created_at, '%Y-%m-%dT%H:%M:%S.%gZ'), lang: lang, author: author, text: text})::VARCHAR AS json
    FROM tagged`;
  const rows = await queryTagged(root, sql);
  return rows
    .map(({ json }) => JSON.parse(json as string) as Record<string, unknown>)
    .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null)))
    .map((record) => record as unknown as TaggedTweet)
    .sort((a, b) => (a.id < b.id ? -1 : 1));
}
