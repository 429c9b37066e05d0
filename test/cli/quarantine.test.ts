import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SqliteQueue } from '../../shared/queue/sqlite-queue.ts';
import { quarantine } from '../../shared/stream/quarantine.ts';
import { cli } from '../support/cli.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';

async function stateWithQuarantine(): Promise<string> {
  const state = tempFolder();
  const { store } = openStore(join(state, 'store'));
  const http = { source: 'http', code: 'E_TWEET_MALFORMED' } as const;
  await quarantine(
    store,
    [
      { ...http, line: 1, reason: 'tweets:1: tweet: id: Invalid input.', raw: '{"id":1,"text":"off to Paris"}' },
      { ...http, line: 2, reason: 'tweets:2: tweet: not JSON', raw: 'nonsense' },
    ],
    new Date('2026-03-04T05:06:07Z'),
  );
  const large = { source: 'file-1234abcd', line: 7, code: 'E_TWEET_TOO_LARGE', reason: 'too long', raw: 'x' } as const;
  await quarantine(store, [large], new Date('2026-03-05T00:00:00Z'));
  return state;
}

describe('quarantine', () => {
  test('lists what was refused by code and source, and finds it by code and time', async () => {
    const state = await stateWithQuarantine();
    const { code, stdout } = await cli(['quarantine', '--state', state]);
    expect([code, stdout]).toEqual([
      0,
      '2 x E_TWEET_MALFORMED from http, 2026-03-04T05:06:07.000Z\n    such as: tweets:1: tweet: id: Invalid input.\n' +
        '1 x E_TWEET_TOO_LARGE from file-1234abcd, 2026-03-05T00:00:00.000Z\n    such as: too long\n',
    ]);
    const late = await cli(['quarantine', 'list', '--state', state, '--since', '2026-03-05', '--json']);
    expect(JSON.parse(late.stdout)).toMatchObject([{ code: 'E_TWEET_TOO_LARGE', entries: 1 }]);
    const shown = await cli(['quarantine', 'show', '--state', state, '--code', 'E_TWEET_TOO_LARGE']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ source: 'file-1234abcd', line: 7, raw: 'x' });
  });

  test('is written out, mended and replayed', async () => {
    const state = await stateWithQuarantine();
    const out = join(state, 'bad.ndjson');
    const shown = await cli(['quarantine', 'show', '--state', state, '--code', 'E_TWEET_MALFORMED', '--out', out]);
    expect(shown.stderr).toBe(`2 entries written to ${out}: mend "tweet" or "raw", then replay --input ${out}\n`);
    writeFileSync(out, readFileSync(out, 'utf8').replace('"tweet":{"id":1,', '"tweet":{"id":"1",'));
    const replayed = await cli(['quarantine', 'replay', '--state', state, '--input', out]);
    expect(replayed.code).toBe(1);
    expect(replayed.stderr).toMatch(
      /^[0-9a-f]{32} stays in quarantine: http:2: tweet: not JSON .*\n1 tweets sent to the queue, 0 tagged before, 1 refused again\n$/,
    );
    const queue = new SqliteQueue({ path: join(state, 'queue.sqlite'), clock: () => new Date() });
    const messages = await queue.receive({ max: 10, visibilityTimeoutMs: 1_000 });
    queue.close();
    expect(messages.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      { tweets: [{ id: '1', text: 'off to Paris' }] },
    ]);
    const left = await cli(['quarantine', '--state', state, '--json']);
    expect(JSON.parse(left.stdout)).toMatchObject([{ entries: 1 }, { entries: 1 }]);
  });

  test('says that there is nothing', async () => {
    const { code, stderr } = await cli(['quarantine', '--state', tempFolder()]);
    expect([code, stderr]).toEqual([0, 'nothing is in quarantine\n']);
  });

  test.each([
    [['burn'], "unknown action 'burn'; expected list, show or replay"],
    [['list', '--out', 'x'], '--out is for show, got list'],
    [['show', '--input', 'x'], '--input is for replay, got show'],
    [['--since', 'yesterday'], "--since: no time, got 'yesterday'"],
  ])('fails for %j', async (args, reason) => {
    const { code, stderr } = await cli(['quarantine', ...args]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(reason) as string]);
  });
});
