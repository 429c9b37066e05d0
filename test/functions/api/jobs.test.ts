import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createApp } from '../../../functions/api/app.ts';
import { jobSummaries } from '../../../functions/api/job-summaries.ts';
import { createDecisions } from '../../../functions/promote/decisions.ts';
import { jobsResponseSchema } from '../../../shared/contracts/api.ts';
import type { Decision } from '../../../shared/contracts/promotion.ts';
import type { JobDescription } from '../../../shared/jobs/training-jobs.ts';
import { createApiHost, JOBS } from '../../support/api-host.ts';
import { openStore } from '../../support/open-store.ts';
import { tempFolder } from '../../support/temp-folder.ts';

describe('GET /v1/jobs', () => {
  test('lists the jobs of uploads', async () => {
    const response = await createApp(createApiHost().deps).request('/v1/jobs');
    expect(response.status).toBe(200);
    expect(jobsResponseSchema.parse(await response.json())).toEqual({ jobs: JOBS });
  });

  test('is not there where nothing is retrained', async () => {
    const deps = { ...createApiHost().deps };
    delete deps.jobs;
    expect((await createApp(deps).request('/v1/jobs')).status).toBe(404);
  });
});

const job: JobDescription = {
  name: 'first',
  status: 'Failed',
  stage: 'Failed',
  failureReason: 'E_TYPE_UNSEEN',
  hyperparameters: { tagwright_dataset: 'tiny/0123456789abcdef' },
  output: 'jobs/first/output/',
  createdAt: new Date(0),
  startedAt: new Date(1_000),
  endedAt: new Date(2_000),
  metrics: [{ name: 'val:f1', value: 0.5, at: new Date(1_500) }],
};

const decision: Decision = {
  job: 'first',
  dataset: { name: 'tiny', version: '0123456789abcdef' },
  verdict: 'no model',
  reason: 'the job failed',
  decidedAt: '2026-03-04T05:06:07.000Z',
};

test('a summary is what the platform and the decision say; the jobs of others are left out', async () => {
  const { store } = openStore(join(tempFolder(), 'store'));
  const decisions = createDecisions(store);
  const foreign = { ...job, name: 'foreign', hyperparameters: {} };
  const jobs = { list: async () => [foreign, job] };
  const summary = {
    name: 'first',
    dataset: 'tiny/0123456789abcdef',
    status: 'Failed',
    stage: 'Failed',
    failureReason: 'E_TYPE_UNSEEN',
    createdAt: '1970-01-01T00:00:00.000Z',
    startedAt: '1970-01-01T00:00:01.000Z',
    endedAt: '1970-01-01T00:00:02.000Z',
    metrics: { 'val:f1': 0.5 },
  };
  expect(await jobSummaries({ jobs, decisions }, 10)).toEqual([summary]);
  await decisions.write(decision);
  const { verdict, reason, decidedAt } = decision;
  expect(await jobSummaries({ jobs, decisions }, 10)).toEqual([
    { ...summary, decision: { verdict, reason, decidedAt } },
  ]);
});
