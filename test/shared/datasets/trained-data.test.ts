import { expect, test } from 'vitest';
import { readDatasetFolder } from '../../../shared/datasets/read-dataset-folder.ts';
import { runsOn, trainedData } from '../../../shared/datasets/trained-data.ts';
import { createRunRegistry } from '../../../shared/runs/run-registry.ts';
import { openStore } from '../../support/open-store.ts';
import { tinyRun } from '../../support/run-record.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyDataset } from '../../support/tiny-dataset.ts';

test('brings together runs on the same bytes, and counts those on a dataset', async () => {
  const { manifest } = readDatasetFolder({ dir: writeTinyDataset(tempFolder()), name: 'tiny' });
  const { sha256, sentences } = manifest.files[0]!;
  const registry = createRunRegistry(openStore().store);
  const onTiny = { ...tinyRun, recipe: null, corpus: '/data/tiny', data: { train: { sha256, sentences } } };
  await registry.add(tinyRun);
  // Where a run was interrupted less is known of its data, and the folder may have been moved.
  const { train, dev } = tinyRun.data;
  const less = {
    train: { sha256: train!.sha256!, sentences: 2925 },
    dev: { sha256: dev!.sha256!, sentences: 732 },
  };
  const moved = { corpus: '/moved', outcome: 'interrupted', modelId: null, metrics: {} } as const;
  await registry.add({ ...tinyRun, ...moved, data: less, startedAt: '2026-03-04T10:00:00.000Z' });
  await registry.add({ ...onTiny, startedAt: '2026-03-03T10:00:00.000Z' });
  const { runs } = await registry.list();
  expect(trainedData(runs)).toEqual([
    { corpus: '/moved', recipe: 'un-ner', data: tinyRun.data, runs: 2, lastRun: '2026-03-04T10:00:00.000Z' },
    { corpus: '/data/tiny', recipe: null, data: onTiny.data, runs: 1, lastRun: '2026-03-03T10:00:00.000Z' },
  ]);
  expect(runsOn(manifest, runs)).toBe(1);
  expect(trainedData([])).toEqual([]);
});
