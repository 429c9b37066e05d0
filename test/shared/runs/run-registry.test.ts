import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runRecordSchema } from '../../../shared/contracts/run.ts';
import { createRunRegistry } from '../../../shared/runs/run-registry.ts';
import { openStore } from '../../support/open-store.ts';
import { tinyRun } from '../../support/run-record.ts';

test('keeps records by their content, and lists the newest first', async () => {
  const registry = createRunRegistry(openStore().store);
  const first = await registry.add(tinyRun);
  const later = await registry.add({
    ...tinyRun,
    startedAt: '2026-03-02T10:00:00.000Z',
    outcome: 'failed',
    error: 'E_X: y',
  });
  const earlier = await registry.add({ ...tinyRun, startedAt: '2026-02-28T23:59:00.000Z' });
  expect(await registry.list()).toEqual({ runs: [later, first, earlier], damaged: [] });
  expect(new Set([first.id, later.id, earlier.id]).size).toBe(3);
  // The same content is the same record.
  expect(await registry.add(tinyRun)).toEqual(first);
  expect((await registry.list()).runs).toHaveLength(3);
  expect(runRecordSchema.parse(first)).toEqual({ format: 'tagwright-run', formatVersion: 1, id: first.id, ...tinyRun });
});

test('finds a run by the beginning of its id, where no other begins so', async () => {
  const registry = createRunRegistry(openStore().store);
  const runs = await Promise.all(Array.from({ length: 17 }, (_, seed) => registry.add({ ...tinyRun, seed })));
  const [run] = runs;
  expect(await registry.find(run!.id)).toEqual(run);
  const unique = run!.id
    .split('')
    .findIndex((_, i) => runs.filter(({ id }) => id.startsWith(run!.id.slice(0, i))).length === 1);
  expect(await registry.find(run!.id.slice(0, unique))).toEqual(run);
  // 17 ids have 16 first digits.
  const shared = runs
    .map(({ id }) => id[0]!)
    .find((digit) => runs.filter(({ id }) => id.startsWith(digit)).length > 1)!;
  await expect(registry.find(shared)).rejects.toThrow(/^runs: there are \d+ such runs, got '.' \([0-9a-f]{16}, /);
  await expect(registry.find('')).rejects.toThrow('there are 17 such runs');
  await expect(registry.find('x')).rejects.toMatchObject({ code: 'E_USAGE' });
});

test('tells of what is no record, or was changed, and lists the others', async () => {
  const { root, store } = openStore();
  const registry = createRunRegistry(store);
  const whole = await registry.add(tinyRun);
  const changed = await registry.add({ ...tinyRun, seed: 2 });
  const file = join(root, 'runs', `${changed.id}.json`);
  writeFileSync(file, readFileSync(file, 'utf8').replace('"seed": 2', '"seed": 3'));
  writeFileSync(join(root, 'runs', 'x.json'), 'no JSON');
  writeFileSync(join(root, 'runs', 'y.json'), '{"format": "tagwright-run"}');
  const { runs, damaged } = await registry.list();
  expect(runs).toEqual([whole]);
  expect(damaged.map(({ key }) => key)).toEqual([`runs/${changed.id}.json`, 'runs/x.json', 'runs/y.json']);
  expect(damaged.map(({ reason }) => reason).slice(0, 2)).toEqual([
    'its content is not what its id says; it was changed',
    'it is not JSON',
  ]);
  await expect(registry.find(changed.id)).rejects.toMatchObject({ code: 'E_RESULT_DAMAGED' });
});
