import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { trendsResponseSchema } from '../../shared/contracts/trends.ts';
import { TrendStore } from '../../shared/trends/trend-store.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { trendRecord } from '../support/trend-records.ts';

const AT = Date.parse('2026-11-20T12:00:00Z');

function makeState(): string {
  const state = tempFolder();
  const store = new TrendStore({ path: join(state, 'trends.sqlite'), clock: () => new Date(AT) });
  const names = [
    'Barack Obama',
    'Barack Obama',
    'Barack Obama',
    'Barack Obama',
    'Barack Obama',
    'Barak Obama',
    'evil\u001b[31m\u202e',
  ];
  store.add(
    'a',
    names.map((text, i) =>
      trendRecord({ id: String(i), at: AT, author: `user${i}`, names: [{ type: 'person', text }] }),
    ),
  );
  store.findVariants();
  store.close();
  return state;
}

describe('tagwright trends', () => {
  test('prints a table, and says why it is not of what rises', async () => {
    const { code, stdout, stderr } = await cli(['trends', '--state', makeState()]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').slice(0, 3).join('\n')).toBe(
      'There is too little past yet to say what rises. Most mentioned in the hour to 2026-11-20 12:01 UTC, of 7 tweets:\n\n' +
        'name          type    tweets  usual  score  authors  since  over time           with',
    );
    expect(stdout).toMatch(/^Barack Obama {2}person {7}6 {6}- {6}- {8}6 {2}- {6}▁+█$/m);
    // A name must not colour the terminal or turn its lines.
    for (const mark of ['\u001b', '\u202e']) expect(stdout).not.toContain(mark);
  });

  test('prints what the API answers', async () => {
    const { stdout } = await cli(['trends', '--state', makeState(), '--json', '--order', 'count', '--find', 'obama']);
    expect(trendsResponseSchema.parse(JSON.parse(stdout)).trends).toMatchObject([
      { key: 'person:barack obama', tweets: 6 },
    ]);
  });

  test('lists, undoes and pins merges', async () => {
    const state = makeState();
    const merges = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout } = await cli(['trends', ...args, '--state', state]);
      expect(code).toBe(0);
      return stdout.split('\n')[1]!.replaceAll(/ +/g, ' ');
    };
    expect(await merges('merges')).toBe('person:barak obama barack obama spelling 97 % auto');
    expect(await merges('undo', 'person:barak obama')).toBe('person:barak obama barak obama spelling 97 % undone');
    expect(await merges('merges')).toBe('person:barak obama barak obama spelling 97 % undone');
    expect(await merges('pin', 'person:barak obama', 'barack obama')).toBe(
      'person:barak obama barack obama spelling 97 % pinned',
    );
  });

  test.each([
    [['--window', '2h'], '--window'],
    [['--order', 'best'], '--order'],
    [['--limit', '0'], '--limit'],
    [['forget'], 'forget'],
    [['undo'], 'undo'],
    [['undo', 'obama'], 'has no type'],
    [['pin', 'person:obama'], 'pin'],
    [['merges', 'person:obama'], 'merges'],
  ])('fails on %j', async (args, part) => {
    const { code, stderr } = await cli(['trends', ...args, '--state', tempFolder()]);
    expect(code).toBe(2);
    expect(stderr).toContain('E_USAGE');
    expect(stderr).toContain(part);
  });

  test('fails where nothing was counted, and on a merge that is not there', async () => {
    const none = await cli(['trends', '--state', tempFolder()]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('E_FILE_UNREADABLE');
    const unknown = await cli(['trends', 'undo', 'person:nobody', '--state', makeState()]);
    expect(unknown.stderr).toContain('E_MERGE_UNKNOWN');
  });
});
