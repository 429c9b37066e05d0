import { expect, test } from 'vitest';
import { retrainSettings, sageMakerSettings } from '../../../functions/retrain/lambda-settings.ts';
import { retrainEnvironmentSchema } from '../../../shared/contracts/environment.ts';

const variables = {
  TAGWRIGHT_BUCKET: 'lake',
  TAGWRIGHT_STAGE: 'prod',
  TAGWRIGHT_TRAINING_IMAGE: 'repository@sha256:00',
  TAGWRIGHT_TRAINING_ROLE: 'arn:aws:iam::123456789012:role/trainer',
  TAGWRIGHT_INSTANCE_TYPE: 'ml.g5.xlarge',
  TAGWRIGHT_VOLUME_GB: '50',
  TAGWRIGHT_TRAINING_PROFILE: 'batch',
  TAGWRIGHT_MAX_RUNTIME_SECONDS: '7200',
  TAGWRIGHT_HYPERPARAMETERS: '{"epochs":"3"}',
  TAGWRIGHT_DATA_KEY: 'arn:aws:kms:us-east-1:123456789012:key/1',
  TAGWRIGHT_EVENT_BUS: 'bus',
};

test('jobs are named after application and stage, and train as the stage says', () => {
  expect(retrainSettings(retrainEnvironmentSchema.parse(variables))).toEqual({
    namePrefix: 'tagwright-prod',
    hyperparameters: { epochs: '3' },
    image: 'repository@sha256:00',
    encoder: undefined,
    maxRuntimeSeconds: 7_200,
  });
});

test('jobs run on the machines that the stage says, in its network where it has one', () => {
  const plain = sageMakerSettings(retrainEnvironmentSchema.parse(variables));
  expect(plain).toMatchObject({ instanceType: 'ml.g5.xlarge', volumeGb: 50, profile: 'batch' });
  expect(plain.network).toBeUndefined();
  const network = { TAGWRIGHT_SUBNETS: '["subnet-1"]', TAGWRIGHT_SECURITY_GROUPS: '["sg-1"]' };
  expect(sageMakerSettings(retrainEnvironmentSchema.parse({ ...variables, ...network })).network).toEqual({
    subnets: ['subnet-1'],
    securityGroups: ['sg-1'],
  });
});
