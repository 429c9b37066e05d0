import { FINGERPRINT_HYPERPARAMETER } from '../contracts/training-job.ts';
import { NerError } from '../ner-error.ts';
import type { JobDescription, JobSpec } from './training-jobs.ts';

/** Nobody has a job of this name. */
export function unknownJob(name: string): NerError {
  return new NerError(
    'E_JOB_UNKNOWN',
    `stop: there is no job ${JSON.stringify(name.slice(0, 80))}; expected the name of one that was started.`,
  );
}

/**
 * Passes when the job that has the name already was started from the same things.
 *
 * @throws {E_JOB_CONFLICT}
 */
export function assertSameJob(spec: JobSpec, there: Pick<JobDescription, 'hyperparameters'>): void {
  const expected = spec.hyperparameters[FINGERPRINT_HYPERPARAMETER];
  const found = there.hyperparameters[FINGERPRINT_HYPERPARAMETER];
  if (found === expected) return;
  throw new NerError(
    'E_JOB_CONFLICT',
    `start: the name ${spec.name} is in use for another job, got one with the fingerprint ${found ?? 'of nobody'}; ` +
      `expected ${expected ?? 'none'}. A job's name stands for what it is made of: give this one another.`,
  );
}
