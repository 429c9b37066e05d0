import type { DatasetManifest, FrozenTest } from '../../shared/contracts/dataset.ts';
import type { ObjectCreated } from '../../shared/contracts/events.ts';
import { datasetManifestKey, datasetOfManifestKey, type DatasetId } from '../../shared/datasets/dataset-keys.ts';
import { parseDatasetManifest } from '../../shared/datasets/dataset-manifest.ts';
import { freezeTest, readFrozenTest } from '../../shared/datasets/frozen-test.ts';
import { verifyDataset } from '../../shared/datasets/verify-dataset.ts';
import type { EventBus } from '../../shared/events/event-bus.ts';
import type { TrainingJobs } from '../../shared/jobs/training-jobs.ts';
import { NerError } from '../../shared/ner-error.ts';
import { sha256Hex } from '../../shared/model/sha256.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { retrainJobSpec, type RetrainSettings } from './job-spec.ts';

export interface RetrainDeps {
  readonly store: ObjectStore;
  readonly jobs: Pick<TrainingJobs, 'start'>;
  readonly bus: EventBus;
  readonly clock: () => Date;
  readonly settings: RetrainSettings;
  /** Events of other buckets are passed over. */
  readonly bucket: string;
}

export interface RetrainHandler {
  /**
   * Starts the training job of a dataset whose manifest was written; a dataset that cannot be trained on is refused by a
   * `Dataset Refused` event. Idempotent, whatever comes how often and in which order.
   *
   * @throws what the store or the platform fails with: the event has to come again
   */
  readonly handle: (event: ObjectCreated) => Promise<void>;
}

export function createRetrainHandler(deps: RetrainDeps): RetrainHandler {
  return {
    handle: async ({ detail: { bucket, object } }) => {
      const dataset = datasetOfManifestKey(object.key);
      if (dataset === undefined || bucket.name !== deps.bucket) return;
      try {
        const found = await readDataset(deps.store, dataset);
        if (found !== undefined)
          await deps.jobs.start(retrainJobSpec({ bucket: deps.bucket, ...found }, deps.settings));
      } catch (error) {
        if (!isRefusal(error)) throw error;
        await refuse(deps, object.key, error);
      }
    },
  };
}

/** A dataset that can be trained on, and what its models are measured on; undefined when it was deleted meanwhile. */
async function readDataset(
  store: ObjectStore,
  dataset: DatasetId,
): Promise<{ readonly manifest: DatasetManifest; readonly frozen: FrozenTest } | undefined> {
  const object = await store.get(datasetManifestKey(dataset));
  if (object === undefined) return undefined;
  const manifest = parseDatasetManifest(dataset, object.body);
  const { test } = await verifyDataset(store, manifest);
  const frozen = await readFrozenTest(store, dataset.name);
  if (frozen !== undefined) return { manifest, frozen };
  if (test !== undefined) return { manifest, frozen: await freezeTest(store, dataset, test) };
  throw new NerError(
    'E_DATASET_NO_TEST',
    `dataset ${dataset.name}/${dataset.version}: there is nothing to measure its models on, got no test split in the first upload of ${dataset.name}; expected one. Upload the corpus with a test file.`,
  );
}

/** What a second look will not mend. */
function isRefusal(error: unknown): error is NerError {
  return error instanceof NerError && (error.code.startsWith('E_DATASET_') || error.code.startsWith('E_CORPUS_'));
}

async function refuse({ bus, clock }: RetrainDeps, key: string, { code, message }: NerError): Promise<void> {
  const reason = code.startsWith('E_CORPUS_') ? withoutWords(message) : message;
  await bus.publish([
    {
      // The same refusal has the same id, however often the dataset is looked at.
      id: sha256Hex([key, code, reason].join('\0')).slice(0, 32),
      time: clock().toISOString(),
      source: 'tagwright',
      'detail-type': 'Dataset Refused',
      detail: { key, code, reason },
    },
  ]);
}

/** The place alone: what an uploader is told on the terminal quotes the line, and that is part of a tweet. */
function withoutWords(message: string): string {
  const place = /^[^:]+(?::\d+)?/.exec(message)![0];
  return `${place}: it cannot be read as words with BIO tags; 'tagwright upload' says what is wrong.`;
}
