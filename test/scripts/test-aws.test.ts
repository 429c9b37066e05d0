import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tempFolder } from '../support/temp-folder.ts';

test('test:aws says plainly that there is no account, and deploys nothing', { timeout: 60_000 }, () => {
  const main = join(import.meta.dirname, '..', 'aws', 'main.ts');
  const { status, stderr } = spawnSync(process.execPath, [main], {
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: tempFolder(), AWS_EC2_METADATA_DISABLED: 'true' },
  });
  expect([status, stderr]).toEqual([2, expect.stringContaining('nothing was tested, there is no account to test on')]);
});
