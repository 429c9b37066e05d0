import { DuckDBInstance, type DuckDBConnection, type DuckDBResult, StatementType } from '@duckdb/node-api';
import { NerError } from '../shared/ner-error.ts';
import { taggedView } from '../shared/results/duckdb-view.ts';

/** The results of a state folder, to be asked in SQL. */
export interface ResultDatabase {
  /**
   * Runs one query; its rows come in chunks.
   *
   * @throws {E_SQL} when it is not one query, is wrong, would change something, or reads files elsewhere
   */
  query(sql: string): Promise<DuckDBResult>;
  close(): void;
}

/** One row for each entity, with the tweet around it. */
const MENTIONS_VIEW = `
  CREATE VIEW mentions AS
  SELECT tagged.id AS tweet, tagged.created_at, tagged.tagged_at, tagged.lang, tagged.author, tagged.text AS tweet_text,
    tagged.model, entity.type, entity.text, entity.start, entity.end, entity.score
  FROM tagged, unnest(tagged.entities) AS unnested(entity)`;

/** What reads; all else would change something, if only a file. */
const READING: readonly StatementType[] = [StatementType.SELECT, StatementType.EXPLAIN];

/**
 * DuckDB in memory with the views `tagged` and `mentions` over a store's folder. It may read files of that folder and
 * none besides, loads nothing, and keeps to that whatever a query says.
 */
export async function openResults(storeFolder: string): Promise<ResultDatabase> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
  });
  const connection = await instance.connect();
  const allowed = `${storeFolder.replaceAll("'", "''")}/`;
  try {
    await connection.run(`SET allowed_directories = ['${allowed}']; SET enable_external_access = false`);
    await connection.run(taggedView(storeFolder));
    await connection.run(MENTIONS_VIEW);
    await connection.run('SET lock_configuration = true');
  } catch (error) {
    connection.closeSync();
    throw sqlError(error);
  }
  return {
    query: async (sql) => {
      try {
        return await run(connection, sql);
      } catch (error) {
        throw sqlError(error);
      }
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

async function run(connection: DuckDBConnection, sql: string): Promise<DuckDBResult> {
  if (sql.trim() === '') throw new NerError('E_SQL', 'query: got no statement; expected one SELECT.');
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1) {
    throw new NerError('E_SQL', `query: got ${statements.count} statements; expected one SELECT.`);
  }
  const statement = await statements.prepare(0);
  if (!READING.includes(statement.statementType)) {
    const kind = StatementType[statement.statementType];
    throw new NerError('E_SQL', `query: results are only read here, got ${kind}; expected SELECT.`);
  }
  return statement.stream();
}

/** DuckDB's own words, which say what is wrong and where. */
export function sqlError(error: unknown): NerError {
  if (error instanceof NerError) return error;
  const reason = error instanceof Error ? error.message : String(error);
  return new NerError('E_SQL', `query: ${reason} The views are tagged and mentions.`, { cause: error });
}
