import type { Decision } from '../../shared/contracts/promotion.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { DATASET_HYPERPARAMETER } from '../../shared/contracts/training-job.ts';
import { datasetOfManifestKey } from '../../shared/datasets/dataset-keys.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import { objectCreated } from '../../shared/events/object-created.ts';
import type { TrainingJobs } from '../../shared/jobs/training-jobs.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

export interface DatasetSweepDeps {
  readonly store: ObjectStore;
  readonly jobs: Pick<TrainingJobs, 'list'>;
  readonly decisions: { readonly list: () => Promise<readonly Decision[]> };
  readonly bus: EventBus;
  readonly clock: () => Date;
}

/**
 * Announces datasets that never had a job: an upload may die between the manifest and its event. A dataset is announced once
 * by a process, since one that is refused has no job either.
 */
export function createDatasetSweep({ store, jobs, decisions, bus, clock }: DatasetSweepDeps): () => Promise<void> {
  const announced = new Set<string>();
  return async () => {
    const known = new Set<string>();
    for (const { hyperparameters } of await jobs.list({ max: Number.MAX_SAFE_INTEGER })) {
      known.add(hyperparameters[DATASET_HYPERPARAMETER] ?? '');
    }
    for (const { dataset } of await decisions.list()) known.add(`${dataset.name}/${dataset.version}`);
    for await (const key of store.keys(PREFIXES.datasets)) {
      const dataset = datasetOfManifestKey(key);
      if (dataset === undefined || announced.has(key) || known.has(`${dataset.name}/${dataset.version}`)) continue;
      await bus.publish([objectCreated(key, { id: `sweep-${dataset.name}-${dataset.version}`, time: clock() })]);
      announced.add(key);
    }
  };
}
