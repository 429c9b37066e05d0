import type { DatasetManifest, FrozenTest } from '../../shared/contracts/dataset.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import {
  CHANNELS,
  DATASET_HYPERPARAMETER,
  FINGERPRINT_HYPERPARAMETER,
  type Hyperparameters,
} from '../../shared/contracts/training-job.ts';
import { datasetManifestKey, datasetSplitPrefix } from '../../shared/datasets/dataset-keys.ts';
import { frozenTestPrefix } from '../../shared/datasets/frozen-test.ts';
import type { JobSpec } from '../../shared/jobs/training-jobs.ts';
import { canonicalJson } from '../../shared/model/canonical-json.ts';
import { sha256Hex } from '../../shared/model/sha256.ts';

/** How datasets are trained on: the operator's choice, not the uploader's. */
export interface RetrainSettings {
  /** Names of jobs begin with it: application and stage, `tagwright-prod`. At most 30 characters. */
  readonly namePrefix: string;
  readonly hyperparameters: Hyperparameters;
  /** What trains: an image with its digest, or a version. */
  readonly image: string;
  /** Prefix of the encoder that is fine-tuned; a word-level tagger without. */
  readonly encoder?: string | undefined;
  readonly maxRuntimeSeconds: number;
}

/** What a job is made from. */
export interface JobSource {
  readonly bucket: string;
  readonly manifest: DatasetManifest;
  readonly frozen: FrozenTest;
}

/**
 * The one job of a dataset and the settings. Its name is a hash of both: however often the dataset is announced, it is the
 * same job. The manifest's version stands for its content, so that the same bytes written once more change nothing.
 */
export function retrainJobSpec({ bucket, manifest, frozen }: JobSource, settings: RetrainSettings): JobSpec {
  const { namePrefix, hyperparameters, image, encoder, maxRuntimeSeconds } = settings;
  const fingerprint = sha256Hex(
    [bucket, datasetManifestKey(manifest), canonicalJson(hyperparameters), image, encoder ?? ''].join('\0'),
  );
  const hasDev = manifest.files.some(({ split }) => split === 'dev');
  return {
    name: `${namePrefix}-${fingerprint.slice(0, 32)}`,
    hyperparameters: {
      ...hyperparameters,
      [FINGERPRINT_HYPERPARAMETER]: fingerprint,
      [DATASET_HYPERPARAMETER]: `${manifest.name}/${manifest.version}`,
    },
    channels: {
      [CHANNELS.train]: datasetSplitPrefix(manifest, 'train'),
      ...(hasDev ? { [CHANNELS.dev]: datasetSplitPrefix(manifest, 'dev') } : {}),
      ...(encoder === undefined ? {} : { [CHANNELS.encoder]: encoder }),
      [CHANNELS.frozen]: frozenTestPrefix(frozen),
    },
    outputPrefix: PREFIXES.jobs,
    checkpointPrefix: `${PREFIXES.jobs}${namePrefix}-${fingerprint.slice(0, 32)}/checkpoints/`,
    maxRuntimeSeconds,
  };
}
