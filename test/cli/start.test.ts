import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';

test.each([
  [
    'a port beyond the last',
    ['--port', '99999'],
    2,
    "E_USAGE: --port: not a whole number from 0 to 65535, got '99999'.",
  ],
  ['no number', ['--rate', ''], 2, "E_USAGE: --rate: not a whole number of at least 1, got ''."],
  ['tweets that are not there', ['--tweets', 'none.txt'], 1, 'E_FILE_UNREADABLE: start: '],
  ['a corpus that is not there', ['--corpus', 'none', '--port', '0'], 1, 'E_FILE_UNREADABLE: '],
] as const)('fails before any training for %s', async (_, args, code, message) => {
  const cwd = tempFolder();
  const result = await cli(['start', ...args], { cwd });
  expect(result.stderr).toContain(`tagwright: ${message}`);
  expect([result.code, result.stdout]).toEqual([code, '']);
  expect(existsSync(join(cwd, '.tagwright', 'training'))).toBe(false);
});
