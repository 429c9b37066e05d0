import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

test.each<[string, readonly string[], number, string]>([
  ['x without a token', ['--source', 'x'], 1, 'E_SOURCE_DENIED: x: no bearer token'],
  [
    'a server that is none',
    ['--source', 'jetstream', '--endpoint', 'example.org'],
    2,
    'E_USAGE: jetstream: no address',
  ],
  ['an empty server', ['--source', 'jetstream', '--endpoint', ','], 2, 'E_USAGE: --endpoint: an entry is empty'],
  ['a server of a file', ['--source', 'a.txt', '--endpoint', 'wss://a'], 2, 'E_USAGE: --endpoint: got --source a.txt'],
  ['languages of nothing', ['--lang', 'en'], 2, 'E_USAGE: --lang: got --source left out'],
  ['what jetstream needs no flag for', ['--source', 'jetstream', '--backfill'], 2, 'E_USAGE: --backfill: '],
])('start and serve fail at once for %s', async (_, args, code, message) => {
  for (const verb of ['start', 'serve']) {
    const cwd = tempFolder();
    const result = await cli([verb, '--port', '0', ...args], { cwd, env: { X_BEARER_TOKEN: undefined } });
    expect(result.stderr).toContain(`tagwright: ${message}`);
    expect([result.code, existsSync(join(cwd, '.tagwright'))]).toEqual([code, false]);
  }
});

test.each<[string, readonly string[], string]>([
  ['two sources', ['--source', 'jetstream', '--tweets', 'a.txt'], 'start: got --source and --tweets'],
  ['a rate of a stream', ['--source', 'jetstream', '--rate', '5'], '--rate: got --source jetstream'],
])('start fails at once for %s', async (_, args, message) => {
  const { code, stderr } = await cli(['start', ...args], { cwd: tempFolder() });
  expect([code, stderr]).toEqual([2, expect.stringContaining(`E_USAGE: ${message}`)]);
});
