import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { writeBundle } from '../../shared/model/write-bundle.ts';
import { createRegistry, type Registry } from '../../shared/registry/registry.ts';
import { FolderObjectStore } from '../../shared/store/folder-object-store.ts';
import type { Decision } from '../../shared/contracts/promotion.ts';
import { cli } from '../support/cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { tinyContent, tinyDraft } from '../support/tiny-bundle.ts';

interface State {
  /** What `--state` is given. */
  readonly dir: string;
  readonly registry: Registry;
  /** Ids of the published models: one with figures on dev, one with figures on dev and test. */
  readonly ids: readonly [string, string];
  /** Writes an object of the store. */
  readonly put: (key: string, text: string) => Promise<unknown>;
}

/** A state folder with two published models, none of them current. */
async function stateWithModels(): Promise<State> {
  const dir = tempFolder();
  const clock = (): Date => new Date();
  const store = new FolderObjectStore({ root: join(dir, 'store'), clock });
  onTestFinished(() => {
    store.close();
  });
  const registry = createRegistry({ store, clock });
  const { dev } = tinyDraft.metrics;
  const test = { ...dev!, entity: { ...dev!.entity, f1: 0.456 } };
  const ids: string[] = [];
  for (const [i, metrics] of [{ dev: dev! }, { dev: dev!, test }].entries()) {
    const bundle = join(dir, 'bundles', String(i));
    mkdirSync(join(dir, 'bundles'), { recursive: true });
    await writeBundle(bundle, tinyContent({ metrics, seed: i }));
    ids.push((await registry.publish(bundle)).id);
  }
  const put = (key: string, text: string): Promise<unknown> => store.put(key, Buffer.from(text));
  return { dir, registry, ids: ids as [string, string], put };
}

describe('models', () => {
  test('lists what is published: the current one first, with figures, size and types', async () => {
    const { dir, registry, ids } = await stateWithModels();
    await registry.promote(ids[1]);
    const { code, stdout, stderr } = await cli(['models', '--state', dir]);
    expect([code, stderr]).toEqual([0, '']);
    const [head, first, second] = stdout.split('\n');
    expect(head).toMatch(/^ +model +dev F1 +test F1 +size +verdict +types$/);
    expect(first).toMatch(new RegExp(`^\\*  ${ids[1]} +33\\.3 +45\\.6 +\\d\\.\\d kB  - +person, geo-loc$`));
    expect(second).toMatch(new RegExp(`^   ${ids[0]} +33\\.3 +- +\\d\\.\\d kB  - +person, geo-loc$`));
  });

  test('prints JSON in the form of GET /v1/models', async () => {
    const { dir, registry, ids } = await stateWithModels();
    await registry.promote(ids[0]);
    const { stdout } = await cli(['models', '--state', dir, '--json']);
    const { models, damaged } = JSON.parse(stdout) as { models: readonly object[]; damaged: readonly object[] };
    expect(damaged).toEqual([]);
    expect(models[0]).toMatchObject({ id: ids[0], current: true, metrics: { dev: { precision: 0.5, recall: 0.25 } } });
    expect(models[1]).toMatchObject({ id: ids[1], current: false, metrics: { test: { f1: 0.456 } } });
  });

  test('promotes a model and rolls back to the one before', async () => {
    const { dir, registry, ids } = await stateWithModels();
    const current = async (): Promise<string | undefined> => (await registry.current())?.pointer.modelId;
    for (const id of ids) {
      const { code, stderr } = await cli(['models', 'promote', id, '--state', dir]);
      expect([code, stderr, await current()]).toEqual([0, `model ${id} is current\n`, id]);
    }
    const { code, stdout, stderr } = await cli(['models', 'rollback', '--state', dir]);
    expect([code, await current()]).toEqual([0, ids[0]]);
    expect(stderr).toBe(`model ${ids[0]} is current again, in place of ${ids[1]}\n`);
    expect(stdout).toContain(`*  ${ids[0]}`);
  });

  test('shows verdicts and what awaits a word; a rejected model is refused', async () => {
    const { dir, ids, put } = await stateWithModels();
    const decision: Decision = {
      job: 'tagwright-test-1',
      dataset: { name: 'tweets', version: '0123456789abcdef' },
      verdict: 'awaiting approval',
      reason: 'F1 0.5 against 0.4',
      decidedAt: '2026-03-04T05:06:07.000Z',
      modelId: ids[0],
      champion: null,
    };
    await put('decisions/tagwright-test-1.json', JSON.stringify(decision));
    const { stdout, stderr } = await cli(['models', '--state', dir]);
    expect(stdout).toMatch(new RegExp(`${ids[0]}.* awaiting approval +person`));
    expect(stderr).toBe(
      `model ${ids[0]} awaits a word: 'tagwright models approve tagwright-test-1' or 'reject'; F1 0.5 against 0.4\n`,
    );
    const rejected = await cli(['models', 'reject', 'tagwright-test-1', '--state', dir]);
    expect(rejected).toMatchObject({ code: 0, stderr: `model ${ids[0]} is refused: rejected; F1 0.5 against 0.4\n` });
    expect(rejected.stdout).toMatch(new RegExp(`${ids[0]}.* refused +person`));
    const again = await cli(['models', 'approve', 'tagwright-test-1', '--state', dir]);
    expect([again.code, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toMatch(/^tagwright: E_NOT_AWAITING: /);
  });

  test('sets two models side by side, as a table and as JSON', async () => {
    const { dir, ids } = await stateWithModels();
    const { code, stdout } = await cli(['models', 'diff', ...ids, '--state', dir]);
    expect(code).toBe(0);
    expect(stdout).toMatch(new RegExp(`^ +${ids[0]} +${ids[1]}\n`));
    expect(stdout).toMatch(/^metrics\.test\.f1 +- +0\.456\n.*\nsize\.bytes +\d+ +\d+$/m);
    expect(stdout).toMatch(/^settings\.seed +0 +1\n\d+ more facts are the same\.\n$/m);
    const json = await cli(['models', 'diff', ...ids, '--state', dir, '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ a: ids[0], b: ids[1], tests: [] });
  });

  test('names a damaged model and its reason, and lists the others', async () => {
    const { dir, ids } = await stateWithModels();
    rmSync(join(dir, 'store', 'models', ids[0], 'manifest.json'));
    const { code, stdout, stderr } = await cli(['models', '--state', dir]);
    expect([code, stdout.includes(ids[1]), stdout.includes(ids[0])]).toEqual([0, true, false]);
    expect(stderr).toMatch(new RegExp(`^warning: ${ids[0]} cannot be used: `));
  });

  test('says so when nothing is published, and makes nothing', async () => {
    const cwd = tempFolder();
    const { code, stdout, stderr } = await cli(['models'], { cwd });
    expect([code, stdout, readdirSync(cwd)]).toEqual([0, '', []]);
    expect(stderr).toBe(
      "no model is published in .tagwright; 'tagwright start' trains one, 'tagwright serve --model DIR' publishes one\n",
    );
    const json = await cli(['models', '--state', cwd, '--json']);
    expect([json.code, JSON.parse(json.stdout)]).toEqual([0, { models: [], damaged: [], decisions: [] }]);
  });

  test('fails with E_FILE_UNREADABLE when the state folder that was named is not there', async () => {
    const { code, stdout, stderr } = await cli(['models', '--state', 'none'], { cwd: tempFolder() });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^tagwright: E_FILE_UNREADABLE: .*--state: there is no folder none;/);
  });

  test('fails with E_MODEL_UNKNOWN for a model that is not published, and for a rollback to none', async () => {
    const { dir } = await stateWithModels();
    for (const action of [['promote', '0123456789abcdef'], ['rollback']]) {
      const { code, stdout, stderr } = await cli(['models', ...action, '--state', dir]);
      expect([code, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^tagwright: E_MODEL_UNKNOWN: /);
    }
  });

  test.each([
    [['remove']],
    [['toString']],
    [['promote']],
    [['approve']],
    [['rollback', 'x']],
    [['list', 'x']],
    [['promote', 'a', 'b']],
    [['diff', 'a']],
    [['--bucket', 'b', '--state', '.']],
    [['--signing-key', 'arn']],
    [['--event-bus', 'x']],
    [['promote', 'a', '--bucket', 'b']],
  ])('fails with E_USAGE for %j', async (args) => {
    const { code, stdout, stderr } = await cli(['models', ...args], { cwd: tempFolder() });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^tagwright: E_USAGE: tagwright models: /);
  });
});
