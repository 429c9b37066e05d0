import { describe, expect, test } from 'vitest';
import { METRIC_DEFINITIONS } from '../../../shared/contracts/training-job.ts';
import { createTrainingJobRequest } from '../../../shared/jobs/sagemaker-request.ts';
import { jobSettings, jobSpec } from '../../support/aws/sagemaker-job.ts';

const spec = jobSpec('tagwright-dev-0123');

describe('createTrainingJobRequest', () => {
  test('asks for plain files, without a network, under the keys of the stage', () => {
    expect(createTrainingJobRequest(jobSettings, spec)).toMatchObject({
      TrainingJobName: 'tagwright-dev-0123',
      HyperParameters: spec.hyperparameters,
      RoleArn: jobSettings.roleArn,
      AlgorithmSpecification: {
        TrainingImage: jobSettings.image,
        TrainingInputMode: 'File',
        EnableSageMakerMetricsTimeSeries: true,
      },
      OutputDataConfig: {
        S3OutputPath: 's3://tagwright-lake/jobs',
        KmsKeyId: jobSettings.dataKey,
        CompressionType: 'NONE',
      },
      CheckpointConfig: {
        S3Uri: 's3://tagwright-lake/jobs/tagwright-dev-0123/checkpoints',
        LocalPath: '/opt/ml/checkpoints',
      },
      EnableNetworkIsolation: true,
      ResourceConfig: { InstanceType: 'ml.g5.xlarge', InstanceCount: 1, VolumeSizeInGB: 50 },
    });
  });

  test('brings each channel as files below its prefix', () => {
    const { InputDataConfig } = createTrainingJobRequest(jobSettings, spec);
    expect(InputDataConfig?.map(({ ChannelName, DataSource }) => [ChannelName, DataSource?.S3DataSource])).toEqual([
      ['train', s3Prefix('s3://tagwright-lake/datasets/tweets/0123/train.conll')],
      ['encoder', s3Prefix('s3://tagwright-lake/encoders/minilm/')],
    ]);
  });

  test('has the platform read every figure that the trainer prints', () => {
    const { AlgorithmSpecification } = createTrainingJobRequest(jobSettings, spec);
    expect(AlgorithmSpecification?.MetricDefinitions).toHaveLength(METRIC_DEFINITIONS.length);
  });

  test('trains on spot machines, and waits for them', () => {
    const request = createTrainingJobRequest({ ...jobSettings, profile: 'batch' }, spec);
    expect(request).toMatchObject({ EnableManagedSpotTraining: true });
    expect(request.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3_600, MaxWaitTimeInSeconds: 25_200 });
    expect(request.ResourceConfig).not.toHaveProperty('KeepAlivePeriodInSeconds');
  });

  test('keeps machines warm where somebody waits, which spot machines are not', () => {
    const request = createTrainingJobRequest({ ...jobSettings, profile: 'iterate' }, spec);
    expect(request).toMatchObject({ EnableManagedSpotTraining: false });
    expect(request.StoppingCondition).toEqual({ MaxRuntimeInSeconds: 3_600 });
    expect(request.ResourceConfig).toMatchObject({ KeepAlivePeriodInSeconds: 1_800 });
  });

  test.each([
    ['ml.g4dn.xlarge', false],
    ['ml.g5.2xlarge', false],
    ['ml.g6.xlarge', false],
    ['ml.p4d.24xlarge', false],
    ['ml.p5.48xlarge', false],
    ['ml.c5d.xlarge', false],
    ['ml.m6id.large', false],
    ['ml.p3.2xlarge', true],
    ['ml.m5.xlarge', true],
    ['ml.c7i.4xlarge', true],
  ])('gives a volume key to %s: %s', (instanceType, hasKey) => {
    const { ResourceConfig } = createTrainingJobRequest({ ...jobSettings, instanceType }, spec);
    expect(ResourceConfig?.VolumeKmsKeyId).toBe(hasKey ? jobSettings.dataKey : undefined);
  });

  test('trains inside a network, and is tagged, where the stage says so', () => {
    const network = { subnets: ['subnet-1'], securityGroups: ['sg-1'] };
    expect(createTrainingJobRequest({ ...jobSettings, network, tags: { stage: 'prod' } }, spec)).toMatchObject({
      VpcConfig: { Subnets: ['subnet-1'], SecurityGroupIds: ['sg-1'] },
      Tags: [{ Key: 'stage', Value: 'prod' }],
    });
  });
});

function s3Prefix(uri: string) {
  return { S3DataType: 'S3Prefix', S3Uri: uri, S3DataDistributionType: 'FullyReplicated' };
}
