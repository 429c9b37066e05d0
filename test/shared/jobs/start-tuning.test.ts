import { expect, test } from 'vitest';
import { startTuning } from '../../../shared/jobs/start-tuning.ts';
import { sageMakerClient } from '../../support/aws/emulator-clients.ts';
import { type RecordedAnswer, recordedAnswers } from '../../support/aws/recorded-answers.ts';
import { jobSettings } from '../../support/aws/sagemaker-job.ts';
import { tuningSpec } from '../../support/aws/tuning-search.ts';
import { codeOf } from '../../support/error-code.ts';

const spec = tuningSpec();

async function start(...answers: readonly RecordedAnswer[]) {
  const { endpoint, requests } = await recordedAnswers(answers);
  return { requests, started: () => startTuning(sageMakerClient(endpoint), jobSettings, spec) };
}

const inUse: RecordedAnswer = { status: 400, body: { __type: 'ResourceInUse', message: 'the name is in use' } };
const there = (hyperparameters: object): RecordedAnswer => ({
  status: 200,
  body: { TrainingJobDefinition: { StaticHyperParameters: hyperparameters } },
});

test('starts a search', async () => {
  const { started, requests } = await start({ status: 200, body: { HyperParameterTuningJobArn: 'arn' } });
  expect(await started()).toBe(true);
  expect(requests[0]?.headers['x-amz-target']).toBe('SageMaker.CreateHyperParameterTuningJob');
});

test('leaves a search alone that is started again', async () => {
  const { started } = await start(inUse, there(spec.job.hyperparameters));
  expect(await started()).toBe(false);
});

test('fails for a name that another search has, and for what the platform refuses', async () => {
  const other = await start(inUse, there({ tagwright_fingerprint: 'another' }));
  expect(await codeOf(other.started)).toBe('E_JOB_CONFLICT');
  const refused = await start({ status: 400, body: { __type: 'ValidationException', message: 'no' } });
  expect(await codeOf(refused.started)).toBe('E_CLOUD_REFUSED');
});
