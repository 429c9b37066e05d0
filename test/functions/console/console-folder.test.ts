import { expect, test } from 'vitest';
import { readConsole, writeConsole } from '../../../functions/console/console-folder.ts';
import type { ConsoleFiles } from '../../../functions/api/deps.ts';
import { tempFolder } from '../../support/temp-folder.ts';

test('pages are read as they were written, by the same paths', async () => {
  const page = { body: '<p>é</p>', contentType: 'text/html; charset=utf-8', etag: '"a"' };
  const script = { body: 'let a = 1;', contentType: 'text/javascript; charset=utf-8', etag: '"b"' };
  const files: ConsoleFiles = new Map([
    ['/', async () => page],
    ['/trends.js', async () => script],
  ]);
  const folder = tempFolder();
  await writeConsole(files, folder);
  const read = await readConsole(folder);
  expect([...read.keys()]).toEqual(['/', '/trends.js']);
  expect([await read.get('/')!(), await read.get('/trends.js')!()]).toEqual([page, script]);
});
