import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { writeResults } from '../support/result-files.ts';

const entity = (type: string, text: string, start: number) => ({
  type,
  text,
  start,
  end: start + text.length,
  startCp: start,
  endCp: start + text.length,
  score: 0.75,
});

describe('tagwright query', () => {
  let state: string;
  beforeAll(() => {
    state = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
    const known = {
      model: 'm1',
      taggedAt: '2026-11-20T12:00:01.000Z',
      createdAt: '2026-11-20T12:00:00.000Z',
      lang: 'en',
    };
    writeResults(state, {
      a: [
        {
          id: '1',
          ...known,
          author: 'ann',
          text: 'Bob in Paris',
          entities: [entity('person', 'Bob', 0), entity('geo-loc', 'Paris', 7)],
        },
        { id: '2', ...known, author: 'bob', text: 'a "quoted", text', entities: [] },
      ],
      b: [{ id: '3', ...known, text: 'Paris!', entities: [entity('geo-loc', 'Paris', 0)] }],
    });
    writeFileSync(join(state, 'secret.csv'), 'secret\n1\n');
  });
  afterAll(() => {
    rmSync(state, { recursive: true, force: true });
  });
  const query = (...args: readonly string[]) => cli(['query', '--state', state, ...args]);

  test('prints a table, numbers at the right', async () => {
    const { code, stdout, stderr } = await query(
      'SELECT type, text, count(*) AS tweets FROM mentions GROUP BY ALL ORDER BY tweets DESC',
    );
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toBe('type     text   tweets\ngeo-loc  Paris       2\nperson   Bob         1\n');
  });

  test('prints CSV', async () => {
    const { stdout } = await query('--csv', 'SELECT id, author, text FROM tagged ORDER BY id');
    expect(stdout).toBe('id,author,text\n1,ann,Bob in Paris\n2,bob,"a ""quoted"", text"\n3,,Paris!\n');
  });

  test('prints one JSON object a line', async () => {
    const { stdout } = await query('--json', 'SELECT id, entities FROM tagged WHERE author IS NULL');
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toMatchObject([{ id: '3', entities: [{ type: 'geo-loc', text: 'Paris', start: 0, end: 5, score: 0.75 }] }]);
  });

  test('describes its views', async () => {
    const { stdout } = await query('--csv', 'SELECT column_name FROM (DESCRIBE mentions)');
    expect(stdout.trimEnd().split('\n').slice(1)).toEqual([
      'tweet',
      'created_at',
      'tagged_at',
      'lang',
      'author',
      'tweet_text',
      'model',
      'type',
      'text',
      'start',
      'end',
      'score',
    ]);
  });

  test.each([
    ['a mistake', 'SELEC 1', 'syntax error'],
    ['a table that is not there', 'SELECT * FROM tags', 'tags'],
    ['a second statement', 'SELECT 1; SELECT 2', 'got 2 statements'],
    ['nothing', ' ', 'got no statement'],
    ['a statement that writes', 'CREATE TABLE t (a INT)', 'got CREATE'],
    ['a file to be written', "COPY tagged TO 'x.csv'", 'x.csv'],
    ['a setting', 'SET enable_external_access = true', 'got '],
    ['an extension', 'INSTALL httpfs', 'got '],
    ['a file elsewhere', "SELECT * FROM read_text('/etc/hostname')", 'hostname'],
    ['a file beside the store', "SELECT * FROM read_csv('../secret.csv')", 'secret'],
    ['a file over the network', "SELECT * FROM read_csv('http://127.0.0.1:9/x.csv')", '127.0.0.1'],
  ])('fails on %s', async (_, sql, part) => {
    const { code, stdout, stderr } = await query(sql);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('E_SQL: query: ');
    expect(stderr).toContain(part);
  });

  test('writes nothing, not even where it may read', async () => {
    const { stderr } = await query(`COPY tagged TO '${join(state, 'store', 'x.csv')}'`);
    expect(stderr).toContain('E_SQL: query: results are only read here, got COPY; expected SELECT.');
    expect(existsSync(join(state, 'store', 'x.csv'))).toBe(false);
  });

  test('has empty views where nothing is tagged yet', async () => {
    const empty = join(state, 'empty');
    mkdirSync(join(empty, 'store'), { recursive: true });
    const { code, stdout } = await cli(['query', '--state', empty, 'SELECT count(*) AS n FROM mentions']);
    expect([code, stdout]).toEqual([0, 'n\n0\n']);
  });

  test('fails where there is no state, and on two forms at once', async () => {
    expect(await cli(['query', '--state', join(state, 'nowhere'), 'SELECT 1'])).toMatchObject({ code: 1 });
    const both = await query('--csv', '--json', 'SELECT 1');
    expect(both.code).toBe(2);
    expect(both.stderr).toContain('expected one of them');
  });
});
