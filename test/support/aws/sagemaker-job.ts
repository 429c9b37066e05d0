import { FINGERPRINT_HYPERPARAMETER } from '../../../shared/contracts/training-job.ts';
import type { SageMakerSettings } from '../../../shared/jobs/sagemaker-request.ts';
import type { JobSpec } from '../../../shared/jobs/training-jobs.ts';

/** What a stage says of its jobs. */
export const jobSettings: SageMakerSettings = {
  bucket: 'tagwright-lake',
  image: '123456789012.dkr.ecr.us-east-1.amazonaws.com/trainer@sha256:0123',
  roleArn: 'arn:aws:iam::123456789012:role/training',
  instanceType: 'ml.g5.xlarge',
  volumeGb: 50,
  profile: 'batch',
  dataKey: 'arn:aws:kms:us-east-1:123456789012:key/data',
};

export function jobSpec(name: string): JobSpec {
  return {
    name,
    hyperparameters: { [FINGERPRINT_HYPERPARAMETER]: 'one', 'train.epochs': '3' },
    channels: { train: 'datasets/tweets/0123/train.conll', encoder: 'encoders/minilm/' },
    outputPrefix: 'jobs/',
    checkpointPrefix: `jobs/${name}/checkpoints/`,
    maxRuntimeSeconds: 3_600,
  };
}
