import { expect, test } from 'vitest';
import { createDatasetSweep } from '../../../functions/local/sweep-datasets.ts';
import type { BusEvent } from '../../../shared/contracts/events.ts';
import type { Decision } from '../../../shared/contracts/promotion.ts';
import { readDatasetFolder } from '../../../shared/datasets/read-dataset-folder.ts';
import { storeDataset } from '../../../shared/datasets/store-dataset.ts';
import type { JobDescription } from '../../../shared/jobs/training-jobs.ts';
import { createFakeClock } from '../../support/fake-clock.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';
import { writeTinyDataset } from '../../support/tiny-dataset.ts';

test('datasets without a job and without a decision are announced, once', async () => {
  const { store } = openStore();
  const stored = await Promise.all(
    [0, 1, 2].map(async (from) => {
      const dataset = readDatasetFolder({ dir: writeTinyDataset(tempFolder(), { from }), name: 'tiny' });
      return { ...(await storeDataset(store, dataset)), version: dataset.manifest.version };
    }),
  );
  const clock = createFakeClock();
  const job: JobDescription = {
    name: 'a',
    status: 'InProgress',
    stage: 'Pending',
    hyperparameters: { tagwright_dataset: `tiny/${stored[0]!.version}` },
    output: 'jobs/a/output/',
    createdAt: clock(),
    metrics: [],
  };
  const decision: Decision = {
    job: 'b',
    dataset: { name: 'tiny', version: stored[1]!.version },
    verdict: 'no model',
    reason: 'it failed',
    decidedAt: clock().toISOString(),
  };
  const published: BusEvent[] = [];
  const sweep = createDatasetSweep({
    store,
    jobs: { list: async () => [job] },
    decisions: { list: async () => [decision] },
    bus: { publish: async (events) => void published.push(...events) },
    clock,
  });
  await sweep();
  await sweep();
  expect(published).toMatchObject([{ 'detail-type': 'Object Created', detail: { object: { key: stored[2]!.key } } }]);
});
