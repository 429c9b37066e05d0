import type { z } from 'zod';
import type { retrainEnvironmentSchema } from '../../shared/contracts/environment.ts';
import type { SageMakerSettings } from '../../shared/jobs/sagemaker-request.ts';
import type { RetrainSettings } from './job-spec.ts';

type RetrainEnvironment = z.output<typeof retrainEnvironmentSchema>;

/** What the stage says of every job. */
export function retrainSettings(environment: RetrainEnvironment): RetrainSettings {
  return {
    namePrefix: `tagwright-${environment.TAGWRIGHT_STAGE}`,
    hyperparameters: environment.TAGWRIGHT_HYPERPARAMETERS,
    image: environment.TAGWRIGHT_TRAINING_IMAGE,
    encoder: environment.TAGWRIGHT_ENCODER,
    maxRuntimeSeconds: environment.TAGWRIGHT_MAX_RUNTIME_SECONDS,
  };
}

/** What the stage says of the machines that its jobs run on. */
export function sageMakerSettings(environment: RetrainEnvironment): SageMakerSettings {
  const { TAGWRIGHT_SUBNETS: subnets, TAGWRIGHT_SECURITY_GROUPS: securityGroups } = environment;
  return {
    bucket: environment.TAGWRIGHT_BUCKET,
    image: environment.TAGWRIGHT_TRAINING_IMAGE,
    roleArn: environment.TAGWRIGHT_TRAINING_ROLE,
    instanceType: environment.TAGWRIGHT_INSTANCE_TYPE,
    volumeGb: environment.TAGWRIGHT_VOLUME_GB,
    profile: environment.TAGWRIGHT_TRAINING_PROFILE,
    dataKey: environment.TAGWRIGHT_DATA_KEY,
    tags: { app: 'tagwright', stage: environment.TAGWRIGHT_STAGE },
    ...(subnets !== undefined && securityGroups !== undefined && { network: { subnets, securityGroups } }),
  };
}
