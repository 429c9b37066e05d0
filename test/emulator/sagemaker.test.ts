import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { SageMakerJobs } from '../../shared/jobs/sagemaker-jobs.ts';
import { sageMakerClient } from '../support/aws/emulator-clients.ts';
import { jobSettings, jobSpec } from '../support/aws/sagemaker-job.ts';
import { trainingJobsConformance } from '../support/conformance/training-jobs.ts';

const endpoint = inject('motoUrl');

function openJobs() {
  // moto has one account for all tests.
  const namePrefix = `tagwright-${randomUUID().slice(0, 8)}-`;
  const jobs = new SageMakerJobs({ client: sageMakerClient(endpoint), ...jobSettings, namePrefix });
  return { jobs, spec: jobSpec(`${namePrefix}0123`), ended: async () => undefined };
}

describe.skipIf(endpoint === '')('SageMaker on moto', () => {
  const startsAgain = {
    because: 'moto 5.2.5 accepts a name in use: recorded responses in test/shared/jobs/sagemaker-jobs.test.ts show it',
    instead: async () => {
      const { jobs, spec } = openJobs();
      expect([await jobs.start(spec), await jobs.start(spec)]).toEqual([true, true]);
    },
  };
  trainingJobsConformance('SageMakerJobs', async () => openJobs(), {
    nameInUse: startsAgain,
    anotherFingerprint: startsAgain,
    newestFirst: {
      because: 'moto 5.2.5 passes over SortBy: the recorded request shows it',
      instead: async () => {
        const { jobs, spec } = openJobs();
        const names = ['first', 'second', 'third'].map((which) => `${spec.name}-${which}`);
        for (const name of names) await jobs.start({ ...spec, name });
        expect((await jobs.list()).map(({ name }) => name)).toEqual(names);
        expect(await jobs.list({ max: 2 })).toHaveLength(2);
      },
    },
  });

  test('lists the jobs of its own prefix, page by page', async () => {
    const [mine, others] = [openJobs(), openJobs()];
    await others.jobs.start(others.spec);
    const names = Array.from({ length: 12 }, (_, i) => `${mine.spec.name}-${i}`);
    for (const name of names) await mine.jobs.start({ ...mine.spec, name });
    expect((await mine.jobs.list()).map(({ name }) => name).sort()).toEqual([...names].sort());
    expect(await others.jobs.list()).toHaveLength(1);
  });
});
