import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readResults } from '../../shared/results/read-results.ts';
import { cli, startCli } from '../support/cli.ts';
import { collect } from '../support/collect.ts';
import { openStore } from '../support/open-store.ts';
import { childResult } from '../support/run-child.ts';
import { tempFolder } from '../support/temp-folder.ts';

const STARTER = join(import.meta.dirname, '..', '..', 'models', 'starter');

/** A state without anything, and a folder of files with so many tweets each. */
function folders(files: number, tweets: number) {
  const state = tempFolder();
  const input = tempFolder();
  mkdirSync(join(input, 'deep'));
  for (let f = 0; f < files; f++) {
    const lines = Array.from({ length: tweets }, (_, i) =>
      JSON.stringify({
        id: `${f}-${i}`,
        text: `Landed in Lisbon with Anna, day ${i}`,
        created_at: '2020-01-02T03:04:05Z',
      }),
    ).join('\n');
    if (f % 2 === 0) writeFileSync(join(input, `${f}.ndjson`), lines);
    else writeFileSync(join(input, 'deep', `${f}.ndjson.gz`), gzipSync(lines));
  }
  return { state, input };
}

const ids = async (state: string): Promise<readonly string[]> =>
  (await collect(readResults(openStore(join(state, 'store')).store))).map(({ id }) => id).sort();

test('tags a folder into a run, says what it came to, and swaps it in', async () => {
  const { state, input } = folders(3, 20);
  writeFileSync(join(input, 'bad.txt'), '{"id":1}\n');
  const first = await cli([
    'backfill',
    '--run',
    'y2020',
    '--input',
    input,
    '--model',
    STARTER,
    '--state',
    state,
    '--json',
  ]);
  expect([first.code, JSON.parse(first.stdout)]).toEqual([
    1,
    { run: 'y2020', inputs: 4, unreadable: 0, tagged: 60, repeats: 0, quarantined: 1 },
  ]);
  expect(await ids(state)).toEqual([]);
  const swapped = await cli(['backfill', '--run', 'y2020', '--swap', '--state', state]);
  expect([swapped.code, swapped.stderr]).toEqual([
    0,
    '2020-01-02 03:00  60 records added, 0 replaced\n' +
      'run y2020 is swapped in; what it replaced is in backfill/y2020/replaced/ of the store\n',
  ]);
  expect((await ids(state)).length).toBe(60);
  const closed = await cli(['backfill', '--run', 'y2020', '--input', input, '--model', STARTER, '--state', state]);
  expect([closed.code, closed.stderr]).toEqual([1, expect.stringContaining('E_BACKFILL_RUN')]);
});

test('goes on after kill -9, and has each tweet once', async () => {
  const { state, input } = folders(12, 1_500);
  const command = ['backfill', '--run', 'killed', '--input', input, '--model', STARTER, '--state', state, '--swap'];
  const child = startCli(command, { input: '' });
  child.stderr!.on('data', (text: Buffer) => {
    if (text.includes('1/12')) child.kill('SIGKILL');
  });
  expect((await childResult(child)).code).not.toBe(0);
  const { code, stderr } = await cli(command);
  expect([code, stderr]).toEqual([0, expect.stringContaining('tagged 18000 tweets of 12 inputs')]);
  const found = await ids(state);
  expect([found.length, new Set(found).size]).toEqual([18_000, 18_000]);
});

test.each([
  { name: 'without anything to do', args: ['--run', 'a'], code: 2, says: 'E_USAGE' },
  { name: 'without a run', args: ['--swap'], code: 2, says: 'E_USAGE' },
  { name: 'for a run that is not there', args: ['--run', 'a', '--swap'], code: 1, says: 'E_BACKFILL_RUN' },
  { name: 'without a model', args: ['--run', 'a', '--input', STARTER], code: 1, says: 'E_MODEL_UNKNOWN' },
  { name: 'for a file that is not there', args: ['--run', 'a', '--input', 'none'], code: 1, says: 'E_FILE_UNREADABLE' },
])('fails $name', async ({ args, code, says }) => {
  const result = await cli(['backfill', ...args, '--state', tempFolder()]);
  expect([result.code, result.stderr]).toEqual([code, expect.stringContaining(says)]);
});

test.each([
  ['tags into a bucket', ['--input', '.', '--bucket', 'b'], '--bucket is for --swap'],
  ['names two places', ['--swap', '--bucket', 'b', '--state', 'c'], '--state and --bucket are two places'],
])('fails with E_USAGE for a command that %s', async (_, args, message) => {
  const { code, stderr } = await cli(['backfill', '--run', 'y2020', ...args]);
  expect([code, stderr]).toEqual([2, expect.stringContaining(`E_USAGE: tagwright backfill: ${message}`)]);
});
