import type { JobDecision, JobSummary } from '../../shared/contracts/api.ts';
import type { Decision } from '../../shared/contracts/promotion.ts';
import { DATASET_HYPERPARAMETER } from '../../shared/contracts/training-job.ts';
import type { JobDescription } from '../../shared/jobs/training-jobs.ts';

/** The jobs that uploads have started, as the API shows them; those of others are left out. */
export function jobSummaries(jobs: readonly JobDescription[], decisions: readonly Decision[]): readonly JobSummary[] {
  const byJob = new Map(decisions.map((decision) => [decision.job, decision]));
  return jobs.flatMap((job) => {
    const dataset = job.hyperparameters[DATASET_HYPERPARAMETER];
    if (dataset === undefined) return [];
    const decision = byJob.get(job.name);
    return [{ ...facts(job), dataset, ...(decision === undefined ? {} : { decision: inShort(decision) }) }];
  });
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
