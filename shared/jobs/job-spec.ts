import { z } from 'zod';
import { FINGERPRINT_HYPERPARAMETER, hyperparametersSchema, jobNameSchema } from '../contracts/training-job.ts';
import { NerError } from '../ner-error.ts';
import type { JobSpec } from './training-jobs.ts';

/** SageMaker's limits (https://docs.aws.amazon.com/sagemaker/latest/APIReference/API_CreateTrainingJob.html). */
const MAX_CHANNELS = 20;
const MAX_RUNTIME_SECONDS = 28 * 24 * 3_600;

const channelName = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/);
/** Beginning of keys: segments as in store-key.ts, the last of which may be cut short or empty. */
const prefix = z
  .string()
  .regex(/^(?:[A-Za-z0-9_=@+,-][A-Za-z0-9_=@+,.-]*\/)*(?:[A-Za-z0-9_=@+,-][A-Za-z0-9_=@+,.-]*)?$/);
const folder = prefix.endsWith('/');

const jobSpecSchema = z.strictObject({
  name: jobNameSchema,
  hyperparameters: hyperparametersSchema.refine((values) => values[FINGERPRINT_HYPERPARAMETER] !== undefined, {
    error: `${FINGERPRINT_HYPERPARAMETER} is missing`,
  }),
  channels: z
    .record(channelName, prefix.min(1))
    .refine((channels) => Object.keys(channels).length > 0, { error: 'at least one channel' })
    .refine((channels) => Object.keys(channels).length <= MAX_CHANNELS, { error: `at most ${MAX_CHANNELS} channels` }),
  outputPrefix: folder,
  checkpointPrefix: folder,
  maxRuntimeSeconds: z.int().min(1).max(MAX_RUNTIME_SECONDS),
});

/**
 * Refuses what SageMaker refuses, so that every adapter takes the same jobs.
 *
 * @throws {E_JOB_INVALID}
 */
export function assertJobSpec(spec: JobSpec): void {
  const parsed = jobSpecSchema.safeParse(spec);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  const where = issue!.path.map(String).join('.');
  throw new NerError(
    'E_JOB_INVALID',
    `start: ${where === '' ? 'the job' : where} is not as the platform takes it, got ${JSON.stringify(spec.name.slice(0, 80))} ` +
      `with: ${issue!.message}; expected a job by the rules of CreateTrainingJob.`,
  );
}
