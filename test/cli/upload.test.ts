import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SqliteEventBus } from '../../shared/events/sqlite-event-bus.ts';
import { collect } from '../support/collect.ts';
import { cli } from '../support/cli.ts';
import { openStore } from '../support/open-store.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { tinyConll, writeTinyDataset } from '../support/tiny-dataset.ts';

function announced(state: string): readonly string[] {
  const bus = new SqliteEventBus({ path: join(state, 'events.sqlite'), clock: () => new Date() });
  onTestFinished(() => {
    bus.close();
  });
  const keys: string[] = [];
  for (;;) {
    const delivery = bus.take({ name: 'test', types: ['Object Created'] }, 60_000);
    if (delivery?.event['detail-type'] !== 'Object Created') return keys;
    keys.push(delivery.event.detail.object.key);
  }
}

async function objects(state: string): Promise<readonly string[]> {
  return collect(openStore(join(state, 'store')).store.keys(''));
}

describe('upload', () => {
  test('stores a corpus, announces it once, and says when it is there already; --again makes another version', async () => {
    const [dir, state] = [writeTinyDataset(join(tempFolder(), 'corpus')), tempFolder()];
    const run = (...flags: readonly string[]) => cli(['upload', dir, '--dataset', 'tiny', '--state', state, ...flags]);
    const first = await run();
    expect([first.code, first.stdout]).toEqual([0, '']);
    expect(first.stderr).toMatch(
      /^corpus {3}sentences of train 40, dev 10, test 20; types person, place\ndataset {2}tiny\/[0-9a-f]{16} is in .*; 'tagwright jobs' says what becomes of it\n$/,
    );
    const second = await run();
    expect([second.code, second.stderr]).toEqual([0, expect.stringContaining('already; --again trains anew on it')]);
    expect((await run('--again')).code).toBe(0);
    const manifests = (await objects(state)).filter((key) => key.endsWith('manifest.json'));
    expect(manifests).toHaveLength(2);
    expect([...announced(state)].sort()).toEqual([...manifests].sort());
  });

  test('fails at a bad line by file and line, at splits that overlap and at a bad name, and writes nothing', async () => {
    const [dir, state] = [writeTinyDataset(join(tempFolder(), 'corpus')), tempFolder()];
    const run = (dataset: string) => cli(['upload', dir, '--dataset', dataset, '--state', state]);
    expect(await run('No Name')).toMatchObject({ code: 2, stderr: expect.stringContaining("got 'No Name'") as string });
    writeFileSync(join(dir, 'test.conll'), tinyConll(40));
    expect((await run('tiny')).stderr).toContain('E_SPLIT_OVERLAP');
    writeFileSync(join(dir, 'test.conll'), `${tinyConll(2)}\nAda\tperson\n`);
    const bad = await run('tiny');
    expect([bad.code, bad.stderr]).toEqual([1, expect.stringContaining(`${join(dir, 'test.conll')}:15: `)]);
    expect(await objects(state)).toEqual([]);
    expect(announced(state)).toEqual([]);
  });
});
