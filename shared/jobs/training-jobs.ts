import type { Hyperparameters, JobStatus } from '../contracts/training-job.ts';

/** A training job as data. Prefixes are of the object store. */
export interface JobSpec {
  /** As `jobNameSchema`; names the job for ever. */
  readonly name: string;
  /** With FINGERPRINT_HYPERPARAMETER among them. */
  readonly hyperparameters: Hyperparameters;
  /** Prefix of what each channel brings, `datasets/a/0123/train` say: all objects below it are copied into the channel's folder. */
  readonly channels: Readonly<Record<string, string>>;
  /** What the job leaves goes below `<outputPrefix><name>/output/model/` and `.../output/data/`. */
  readonly outputPrefix: string;
  /** Where checkpoints are kept in step with; a job that starts again finds them. */
  readonly checkpointPrefix: string;
  /** After this it is stopped with the stage MaxRuntimeExceeded; it is counted anew after an interruption. */
  readonly maxRuntimeSeconds: number;
}

/** A figure that the job printed, by the patterns of METRIC_DEFINITIONS. */
export interface JobMetric {
  readonly name: string;
  readonly value: number;
  readonly at: Date;
}

export interface JobDescription {
  readonly name: string;
  readonly status: JobStatus;
  /** SageMaker's secondary status. */
  readonly stage: string;
  /** Of a failed job. */
  readonly failureReason?: string;
  readonly hyperparameters: Hyperparameters;
  /** `<outputPrefix><name>/output/`. */
  readonly output: string;
  readonly createdAt: Date;
  readonly startedAt?: Date;
  readonly endedAt?: Date;
  /** The last value of each metric. */
  readonly metrics: readonly JobMetric[];
}

/**
 * Training jobs with the promises of SageMaker's: a job runs the trainer over a `/opt/ml` tree, and what it does is told on
 * the event bus as `SageMaker Training Job State Change`, each change at least once, perhaps out of order.
 */
export interface TrainingJobs {
  /**
   * Starts a job. Its name makes it idempotent: one that is there with the same fingerprint is left as it is.
   *
   * @returns whether this call started it
   * @throws {E_JOB_INVALID} the spec breaks a rule of the platform
   * @throws {E_JOB_CONFLICT} the name is in use for a job with another fingerprint
   * @throws {E_JOB_LIMIT} the platform takes no more jobs now: try again later
   */
  start(spec: JobSpec): Promise<boolean>;
  /** Undefined for a name that no job has. */
  describe(name: string): Promise<JobDescription | undefined>;
  /** The newest first. */
  list(options?: { readonly max?: number }): Promise<readonly JobDescription[]>;
  /**
   * SIGTERM, and after STOP_GRACE_SECONDS SIGKILL; returns at once. A job that has ended is left as it is.
   *
   * @throws {E_JOB_UNKNOWN}
   */
  stop(name: string): Promise<void>;
}
