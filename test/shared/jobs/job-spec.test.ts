import { expect, test } from 'vitest';
import { FINGERPRINT_HYPERPARAMETER } from '../../../shared/contracts/training-job.ts';
import { assertSameJob } from '../../../shared/jobs/job-errors.ts';
import { assertJobSpec } from '../../../shared/jobs/job-spec.ts';
import type { JobSpec } from '../../../shared/jobs/training-jobs.ts';
import { codeOf } from '../../support/error-code.ts';

// What is refused, adapter by adapter: test/support/conformance/training-jobs.ts.
const spec: JobSpec = {
  name: 'tagwright-dev-0123',
  hyperparameters: { [FINGERPRINT_HYPERPARAMETER]: 'one', 'train.epochs': '' },
  channels: { train: 'datasets/a/0123/train.conll', encoder: 'encoders/tiny/' },
  outputPrefix: 'jobs/',
  checkpointPrefix: 'jobs/tagwright-dev-0123/checkpoints/',
  maxRuntimeSeconds: 3_600,
};

test('takes a job with channels that are files, folders and beginnings of names', () => {
  for (const train of ['datasets/a/', 'datasets/a/train', 'datasets/a/train.conll', 'x']) {
    assertJobSpec({ ...spec, channels: { train } });
  }
});

test.each(['/a', 'a//b', 'a/../b', './a', 'a b', 's3://a/b'])('fails for the prefix %j', async (train) => {
  expect(
    await codeOf(() => {
      assertJobSpec({ ...spec, channels: { train } });
    }),
  ).toBe('E_JOB_INVALID');
});

test('fails with the part that is wrong in the message', () => {
  expect(() => {
    assertJobSpec({ ...spec, hyperparameters: {} });
  }).toThrow(/start: hyperparameters .*tagwright_fingerprint is missing/);
});

test('fails for a job of the same name that has another fingerprint or none', async () => {
  assertSameJob(spec, { hyperparameters: { [FINGERPRINT_HYPERPARAMETER]: 'one' } });
  for (const hyperparameters of [{}, { [FINGERPRINT_HYPERPARAMETER]: 'two' }] as const) {
    expect(
      await codeOf(() => {
        assertSameJob(spec, { hyperparameters });
      }),
    ).toBe('E_JOB_CONFLICT');
  }
});
