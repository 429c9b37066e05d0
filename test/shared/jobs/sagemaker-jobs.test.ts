import { expect, test } from 'vitest';
import { SageMakerJobs } from '../../../shared/jobs/sagemaker-jobs.ts';
import { sageMakerClient } from '../../support/aws/emulator-clients.ts';
import { type RecordedAnswer, recordedAnswers } from '../../support/aws/recorded-answers.ts';
import { jobSettings, jobSpec } from '../../support/aws/sagemaker-job.ts';
import { codeOf } from '../../support/error-code.ts';

// The suite of the port runs against an emulator: test/emulator/sagemaker.test.ts. Here is what none does.

const spec = jobSpec('tagwright-dev-0123');

async function openJobs(...answers: readonly RecordedAnswer[]) {
  const { endpoint, requests } = await recordedAnswers(answers);
  const client = sageMakerClient(endpoint);
  return { jobs: new SageMakerJobs({ client, ...jobSettings, namePrefix: 'tagwright-dev-' }), requests };
}

const refused = (type: string, message: string): RecordedAnswer => ({ status: 400, body: { __type: type, message } });

const inUse = refused(
  'ResourceInUse',
  'Training job names must be unique within an AWS account and region, but a training job with this name already exists ' +
    '(arn:aws:sagemaker:us-east-1:123456789012:training-job/tagwright-dev-0123)',
);
const notFound = refused('ValidationException', 'Requested resource not found.');

const described = (fields: object): RecordedAnswer => ({
  status: 200,
  body: {
    TrainingJobName: spec.name,
    TrainingJobStatus: 'InProgress',
    SecondaryStatus: 'Training',
    HyperParameters: spec.hyperparameters,
    OutputDataConfig: { S3OutputPath: 's3://tagwright-lake/jobs' },
    CreationTime: 1_772_600_767,
    ...fields,
  },
});

test('leaves a job alone that is started again', async () => {
  const { jobs } = await openJobs(inUse, described({}));
  expect(await jobs.start(spec)).toBe(false);
});

test('fails for a name that another job has', async () => {
  const { jobs } = await openJobs(inUse, described({ HyperParameters: { epochs: '3' } }));
  expect(await codeOf(() => jobs.start(spec))).toBe('E_JOB_CONFLICT');
});

test('fails where the account may have no more machines', async () => {
  const message = "The account-level service limit 'ml.g5.xlarge for training job usage' is 0 Instances";
  const { jobs } = await openJobs(refused('ResourceLimitExceeded', message));
  await expect(jobs.start(spec)).rejects.toThrow(/^start: the platform takes no more jobs now, got .*0 Instances/);
  expect(await codeOf(() => jobs.start(spec))).toBe('E_JOB_LIMIT');
});

test('tells how a job went', async () => {
  const { jobs } = await openJobs(
    described({
      TrainingJobStatus: 'Failed',
      SecondaryStatus: 'Failed',
      FailureReason: 'AlgorithmError: E_CORPUS_EMPTY: train: there is no sentence',
      TrainingStartTime: 1_772_600_800,
      TrainingEndTime: 1_772_600_900,
      FinalMetricDataList: [{ MetricName: 'val:f1', Value: 0.5, Timestamp: 1_772_600_890 }],
    }),
  );
  expect(await jobs.describe(spec.name)).toEqual({
    name: spec.name,
    status: 'Failed',
    stage: 'Failed',
    failureReason: 'AlgorithmError: E_CORPUS_EMPTY: train: there is no sentence',
    hyperparameters: spec.hyperparameters,
    output: 'jobs/tagwright-dev-0123/output/',
    createdAt: new Date('2026-03-04T05:06:07Z'),
    startedAt: new Date('2026-03-04T05:06:40Z'),
    endedAt: new Date('2026-03-04T05:08:20Z'),
    metrics: [{ name: 'val:f1', value: 0.5, at: new Date('2026-03-04T05:08:10Z') }],
  });
});

test('asks for the newest jobs first', async () => {
  const { jobs, requests } = await openJobs({ status: 200, body: { TrainingJobSummaries: [] } });
  expect(await jobs.list()).toEqual([]);
  const order = { SortBy: 'CreationTime', SortOrder: 'Descending', NameContains: 'tagwright-dev-' };
  expect(JSON.parse(requests[0]!.body)).toMatchObject(order);
});

test('stops a job that runs, and passes over one that ends at that moment', async () => {
  const running = await openJobs(described({}), { status: 200 });
  await running.jobs.stop(spec.name);
  expect(running.requests[1]?.headers['x-amz-target']).toBe('SageMaker.StopTrainingJob');
  const tooLate = refused(
    'ValidationException',
    'The request was rejected because the training job is in status Completed.',
  );
  const ending = await openJobs(described({}), tooLate, described({ TrainingJobStatus: 'Completed' }));
  await ending.jobs.stop(spec.name);
});

test('fails to stop a job that is not there, or that the platform will not stop', async () => {
  const { jobs } = await openJobs(notFound);
  expect(await codeOf(() => jobs.stop(spec.name))).toBe('E_JOB_UNKNOWN');
  const other = await openJobs(described({}), refused('ValidationException', 'no'), described({}));
  expect(await codeOf(() => other.jobs.stop(spec.name))).toBe('E_CLOUD_REFUSED');
});
