import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../shared/contracts/run.ts';
import { cli, type CliOptions } from '../support/cli.ts';
import type { ChildResult } from '../support/run-child.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { writeTinyDataset } from '../support/tiny-dataset.ts';

const FIXTURE = join(import.meta.dirname, '..', 'fixtures', 'recipes', 'un-ner');

/** Two epochs of a tagger of a few numbers. */
const SMALL = ['--epochs', '2', '--set', 'model.characterFilters=4', '--set', 'model.width=8'];

const recording = (cwd: string, env: CliOptions['env'] = {}): CliOptions => ({
  cwd,
  env: { TAGWRIGHT_RECORD: undefined, TAGWRIGHT_USER: 'ada', ...env },
});

describe('runs that were recorded', () => {
  let cwd = '';
  let trained: ChildResult;
  let runs: readonly RunRecord[] = [];
  const run = (...args: readonly string[]): Promise<ChildResult> => cli(args, { cwd });

  beforeAll(async () => {
    cwd = mkdtempSync(join(tmpdir(), 'tagwright-test-'));
    writeTinyDataset(join(cwd, 'corpus'), { train: 12 });
    const recipe = ['--recipe', 'un-ner', '--corpus', FIXTURE, '--allow-unseen-types', '--metric', 'as-published'];
    trained = await cli(['train', ...recipe, '--out', 'a', ...SMALL], recording(cwd));
    await cli(['train', '--corpus', 'corpus', '--out', 'b', '--seed', '2', ...SMALL], recording(cwd));
    await run('upload', 'corpus', '--dataset', 'tiny', '--state', '.tagwright');
    const listed = await run('runs', '--json');
    runs = (JSON.parse(listed.stdout) as { readonly runs: readonly RunRecord[] }).runs;
  }, 120_000);

  afterAll(() => {
    rmSync(cwd, { recursive: true, force: true });
  });

  test('training says that it recorded the run, and the record has all of it', () => {
    expect([trained.code, trained.stdout]).toEqual([0, '']);
    expect(runs).toHaveLength(2);
    const [plain, recipe] = runs;
    expect(trained.stderr).toContain(`\nrun      ${recipe!.id}, recorded in .tagwright; 'tagwright runs' lists them\n`);
    expect(recipe).toMatchObject({
      ...{ kind: 'train', outcome: 'done', corpus: FIXTURE, seed: 1, bundle: join(cwd, 'a') },
      who: { user: 'ada' },
      recipe: { name: 'un-ner', options: { split: 'seeded', seed: 1, share: 0.8 } },
      settings: { train: { epochs: 2 }, model: { width: 8 }, encoder: null },
    });
    expect(recipe!.data.train).toMatchObject({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string });
    expect(Object.keys(recipe!.metrics)).toEqual(['dev', 'test']);
    const report = JSON.parse(readFileSync(join(cwd, 'a', 'report.json'), 'utf8')) as object;
    expect(report).toMatchObject({ appendices: [{ title: 'As published: figures over sub-words' }] });
    expect(plain).toMatchObject({ recipe: null, corpus: join(cwd, 'corpus'), seed: 2 });
  });

  test('runs lists them, shows one by the beginning of its id, and compares two', async () => {
    const [plain, recipe] = runs.map(({ id }) => id);
    const list = await run('runs');
    expect(list.stdout.split('\n').map((line) => line.split(' ')[0])).toEqual(['run', plain, recipe, '']);
    const shown = await run('runs', 'show', recipe!.slice(0, 12));
    expect([shown.code, shown.stdout]).toEqual([
      0,
      expect.stringContaining('recipe      un-ner seed=1 share=0.8 split=seeded\n') as string,
    ]);
    const compared = await run('runs', 'compare', plain!, recipe!);
    expect([compared.code, compared.stderr]).toEqual([0, '']);
    expect(compared.stdout).toMatch(/^recipe\.name +- +un-ner$/m);
    expect(compared.stdout).toMatch(/^train\.sentences +12 +13$/m);
    expect(compared.stdout).toMatch(/^dev F1 +\d+\.\d +\d+\.\d +[+-]\d+\.\d$/m);
    const json = JSON.parse((await run('runs', 'compare', plain!, recipe!, '--json')).stdout) as Record<
      string,
      unknown
    >;
    expect(Object.keys(json)).toEqual(['a', 'b', 'settings', 'data', 'figures']);
  });

  test('datasets lists what was uploaded with its runs, and what runs trained on', async () => {
    const { code, stdout } = await run('datasets');
    expect(code).toBe(0);
    const [uploaded, trainedOn] = stdout.split('\n\n').map((part) => part.trimEnd().split('\n'));
    expect(uploaded![1]).toMatch(/^tiny +[0-9a-f]{16} +12 +10 +20 +1 +[0-9a-f]{16} +person, place$/);
    expect(trainedOn!.slice(1).map((line) => line.split(/ +/).slice(0, 6))).toEqual([
      ['corpus', '-', '12', '10', '20', '1'],
      ['un-ner', 'un-ner', '13', '3', '1', '1'],
    ]);
    const json = JSON.parse((await run('datasets', '--json')).stdout) as Record<string, readonly object[]>;
    expect(json['datasets']).toMatchObject([{ name: 'tiny', runs: 1 }]);
    expect(json['trainedOn']).toHaveLength(2);
  });

  test('fails for a run that there is not, and for what is no action', async () => {
    for (const args of [['show', 'zz'], ['show'], ['compare', 'a'], ['delete', 'a'], ['list', 'a']]) {
      const { code, stderr } = await run('runs', ...args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('E_USAGE') as string]);
    }
  });
});

test('a run is not recorded with --no-record or TAGWRIGHT_RECORD=off, and --state names another folder', async () => {
  const cwd = tempFolder();
  writeTinyDataset(join(cwd, 'corpus'), { train: 12 });
  const train = (options: CliOptions, ...more: readonly string[]): Promise<ChildResult> =>
    cli(['train', '--corpus', 'corpus', '--out', 'a', ...SMALL, ...more], options);
  expect((await train(recording(cwd), '--no-record')).stderr).not.toContain('recorded');
  expect((await train(recording(cwd, { TAGWRIGHT_RECORD: 'off' }))).stderr).not.toContain('recorded');
  expect(existsSync(join(cwd, '.tagwright'))).toBe(false);
  // Nobody is named where the variable is empty.
  await train(recording(cwd, { TAGWRIGHT_USER: '' }), '--state', 'mine');
  const { stdout } = await cli(['runs', '--state', 'mine', '--json'], { cwd });
  expect(JSON.parse(stdout)).toMatchObject({ runs: [{ who: null }] });
  expect(existsSync(join(cwd, '.tagwright'))).toBe(false);
}, 120_000);

test('a folder that cannot be written costs the record, not the model', async () => {
  const cwd = tempFolder();
  writeTinyDataset(join(cwd, 'corpus'), { train: 12 });
  writeFileSync(join(cwd, 'file'), '');
  const args = ['train', '--corpus', 'corpus', '--out', 'a', ...SMALL, '--state', 'file'];
  const { code, stderr } = await cli(args, recording(cwd));
  expect(code).toBe(0);
  expect(stderr).toMatch(/^warning {2}the run is not recorded: /m);
  expect(existsSync(join(cwd, 'a', 'manifest.json'))).toBe(true);
}, 120_000);

test('where nothing was recorded the lists are empty, and looking makes nothing', async () => {
  const cwd = tempFolder();
  mkdirSync(join(cwd, 'x'));
  for (const [verb, keys] of [
    ['runs', ['runs', 'damaged']],
    ['datasets', ['datasets', 'trainedOn', 'damaged']],
  ] as const) {
    const { code, stdout, stderr } = await cli([verb, '--json'], { cwd });
    expect([code, Object.keys(JSON.parse(stdout) as object)]).toEqual([0, keys]);
    expect(stderr).toMatch(/tagwright train/);
  }
  expect(existsSync(join(cwd, '.tagwright'))).toBe(false);
});
