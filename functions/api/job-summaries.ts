import type { JobDecision, JobSummary } from '../../shared/contracts/api.ts';
import type { Decision } from '../../shared/contracts/promotion.ts';
import { DATASET_HYPERPARAMETER } from '../../shared/contracts/training-job.ts';
import type { JobDescription, TrainingJobs } from '../../shared/jobs/training-jobs.ts';
import type { Decisions } from '../promote/decisions.ts';

export interface JobSummariesDeps {
  readonly jobs: Pick<TrainingJobs, 'list'>;
  readonly decisions: Pick<Decisions, 'read'>;
}

/**
 * The newest jobs that uploads have started, as the API shows them; those of others are left out.
 *
 * @param max jobs that are looked at
 */
export async function jobSummaries({ jobs, decisions }: JobSummariesDeps, max: number): Promise<readonly JobSummary[]> {
  const found = await jobs.list({ max });
  const summaries = await Promise.all(
    found.map(async (job) => {
      const dataset = job.hyperparameters[DATASET_HYPERPARAMETER];
      if (dataset === undefined) return [];
      const decision = (await decisions.read(job.name))?.decision;
      return [{ ...facts(job), dataset, ...(decision === undefined ? {} : { decision: inShort(decision) }) }];
    }),
  );
  return summaries.flat();
}

function facts(job: JobDescription): Omit<JobSummary, 'dataset' | 'decision'> {
  const { name, status, stage, failureReason, createdAt, startedAt, endedAt, metrics } = job;
  return {
    name,
    status,
    stage,
    createdAt: createdAt.toISOString(),
    ...(startedAt === undefined ? {} : { startedAt: startedAt.toISOString() }),
    ...(endedAt === undefined ? {} : { endedAt: endedAt.toISOString() }),
    ...(failureReason === undefined ? {} : { failureReason }),
    metrics: Object.fromEntries(metrics.map((metric) => [metric.name, metric.value])),
  };
}

function inShort({ verdict, reason, decidedAt, modelId, comparison }: Decision): JobDecision {
  return {
    verdict,
    reason,
    decidedAt,
    ...(modelId === undefined ? {} : { modelId }),
    ...(comparison === undefined ? {} : { f1: comparison.f1, championF1: comparison.championF1 }),
  };
}
