import type { JobSummary, RetrainingStatus } from '../../shared/contracts/api.ts';
import type { DatasetRefused } from '../../shared/contracts/events.ts';
import { TERMINAL_JOB_STATUSES } from '../../shared/contracts/training-job.ts';
import { datasetOfManifestKey } from '../../shared/datasets/dataset-keys.ts';
import type { DeadEvent } from '../../shared/events/sqlite-event-bus.ts';
import type { Alarms } from './alarms.ts';

/** Jobs and events as they are at the moment. */
export interface RetrainingFacts {
  /** The newest first. */
  readonly jobs: readonly JobSummary[];
  readonly dead: readonly DeadEvent[];
}

/** What page and API are told of retraining, and the alarms that follow from it. */
export interface RetrainingView {
  readonly now: () => RetrainingStatus;
  readonly show: (facts: RetrainingFacts) => void;
  readonly refuse: (event: DatasetRefused) => void;
}

/** Stages in which a job waits for another, or to go on. */
const WAITING = new Set(['Pending', 'Interrupted']);

export function createRetrainingView(alarms: Alarms): RetrainingView {
  let status: RetrainingStatus = { running: null, waiting: 0, last: null };
  /** By the dataset's name, so that a better upload ends it. */
  const refused = new Map<string, { readonly since: string; readonly detail: string }>();
  return {
    now: () => status,
    show: ({ jobs, dead }) => {
      status = statusOf(jobs);
      const failed = newestOfEachName(jobs).find(hasFailed);
      alarms.set('job_failed', failed !== undefined, `${failed?.dataset}: ${failed?.decision?.reason}`);
      for (const [name, { since }] of refused) {
        if (jobs.some((job) => nameOf(job) === name && job.createdAt > since)) refused.delete(name);
      }
      const [refusal] = refused.values();
      alarms.set('dataset_refused', refusal !== undefined, refusal?.detail ?? '');
      alarms.set(
        'event_failed',
        dead.length > 0,
        `${dead.length} events failed too often, the first: ${dead[0]?.reason}`,
      );
    },
    refuse: ({ time, detail: { key, reason } }) => {
      refused.set(datasetOfManifestKey(key)?.name ?? key, { since: time, detail: reason });
    },
  };
}

function statusOf(jobs: readonly JobSummary[]): RetrainingStatus {
  const open = jobs.filter(({ decision }) => decision === undefined).reverse();
  const unfinished = open.filter(({ status }) => !TERMINAL_JOB_STATUSES.has(status));
  const running =
    unfinished.find(({ stage }) => !WAITING.has(stage)) ?? open.find(({ status }) => status === 'Completed') ?? null;
  const [last] = jobs
    .filter(({ decision }) => decision !== undefined)
    .sort((a, b) => (a.decision!.decidedAt < b.decision!.decidedAt ? 1 : -1));
  return { running, waiting: unfinished.filter((job) => job !== running).length, last: last ?? null };
}

/** What was decided about last, for each dataset's name. */
function newestOfEachName(jobs: readonly JobSummary[]): readonly JobSummary[] {
  const newest = new Map<string, JobSummary>();
  for (const job of jobs) if (job.decision !== undefined && !newest.has(nameOf(job))) newest.set(nameOf(job), job);
  return [...newest.values()];
}

/** One that somebody stopped has not failed. */
function hasFailed({ status, stage, decision }: JobSummary): boolean {
  return decision?.verdict === 'no model' && (status !== 'Stopped' || stage === 'MaxRuntimeExceeded');
}

function nameOf({ dataset }: JobSummary): string {
  return dataset.split('/')[0]!;
}
