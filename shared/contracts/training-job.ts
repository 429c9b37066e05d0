import { z } from 'zod';

/** SageMaker's rule for the names of training jobs; the embedded runner keeps it too. */
export const jobNameSchema = z.string().regex(/^[a-zA-Z0-9](?:-*[a-zA-Z0-9]){0,62}$/);

/** What the platform passes to a container: every value is text. Names that begin with `_` or `sagemaker_` are its own. */
export const hyperparametersSchema = z
  .record(z.string().min(1).max(256), z.string().max(256))
  .refine((values) => Object.keys(values).length <= 100, { error: 'at most 100 hyperparameters' });
export type Hyperparameters = z.infer<typeof hyperparametersSchema>;

/** Hyperparameter that carries the hash of all that a job's name stands for. */
export const FINGERPRINT_HYPERPARAMETER = 'tagwright_fingerprint';

/** Hyperparameter that carries the dataset, `NAME/VERSION`, so that a job's end says what it was for. */
export const DATASET_HYPERPARAMETER = 'tagwright_dataset';

export const JOB_STATUSES = ['InProgress', 'Completed', 'Failed', 'Stopping', 'Stopped'] as const;
export const jobStatusSchema = z.enum(JOB_STATUSES);
export type JobStatus = z.infer<typeof jobStatusSchema>;

/** A job in one of these does not change any more. */
export const TERMINAL_JOB_STATUSES: ReadonlySet<JobStatus> = new Set(['Completed', 'Failed', 'Stopped']);

/** Secondary statuses that the embedded runner gives; SageMaker has more (its API reference, DescribeTrainingJob). */
export const JOB_STAGES = [
  'Pending',
  'Starting',
  'Downloading',
  'Training',
  'Interrupted',
  'Uploading',
  'Stopping',
  'Stopped',
  'MaxRuntimeExceeded',
  'Completed',
  'Failed',
] as const;
export type JobStage = (typeof JOB_STAGES)[number];

/** Channels of the trainer. */
export const CHANNELS = { train: 'train', dev: 'dev', test: 'test', encoder: 'encoder', frozen: 'frozen' } as const;

/** What the trainer prints of a figure: `val_f1=0.4711;`, one a line; the patterns read it again. */
export const METRIC_DEFINITIONS = [
  { name: 'train:loss', regex: 'train_loss=([0-9.eE+-]+);' },
  { name: 'val:f1', regex: 'val_f1=([0-9.eE+-]+);' },
  { name: 'train:epoch', regex: 'train_epoch=([0-9.eE+-]+);' },
  { name: 'train:tweets_per_second', regex: 'train_tweets_per_second=([0-9.eE+-]+);' },
] as const;

/** What a tuning job makes as large as it can. */
export const TUNING_OBJECTIVE = 'val:f1';

/** `/opt/ml/output/failure`: so much of it becomes the failure reason. */
export const FAILURE_REASON_MAX_CHARACTERS = 1_024;

/** Families g and p of SageMaker's instance types have NVIDIA GPUs. */
export const GPU_INSTANCE_TYPE = /^ml\.[gp]\d/;

/** Between SIGTERM and SIGKILL. */
export const STOP_GRACE_SECONDS = 120;

/** Where a trainer's tree lies. Another place is named by the environment, so that a tree can be anywhere. */
export const ML_ROOT = '/opt/ml';

/** Variable that names another root than ML_ROOT. */
export const ML_ROOT_VARIABLE = 'TAGWRIGHT_ML_ROOT';
