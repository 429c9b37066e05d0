import { assertSameJob } from '../../shared/jobs/job-errors.ts';
import { assertJobSpec } from '../../shared/jobs/job-spec.ts';
import type { JobSpec, TrainingJobs } from '../../shared/jobs/training-jobs.ts';

/** The platform's book of jobs, without anybody who trains. */
export function recordedJobs(): { readonly jobs: Pick<TrainingJobs, 'start'>; readonly specs: readonly JobSpec[] } {
  const specs: JobSpec[] = [];
  return {
    specs,
    jobs: {
      start: async (spec) => {
        assertJobSpec(spec);
        const there = specs.find(({ name }) => name === spec.name);
        if (there === undefined) specs.push(spec);
        else assertSameJob(spec, there);
        return there === undefined;
      },
    },
  };
}
