import { Duration, Stack } from 'aws-cdk-lib';
import { Match, type EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { retrainEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { jobNamePrefix } from '../job-names.ts';
import { EventQueue } from './event-queue.ts';
import { ServiceFunction, type FunctionSetting } from './service-function.ts';
import type { Trainer } from './trainer.ts';
import { acknowledgeWildcard } from './written-reasons.ts';

export interface RetrainProps extends FunctionSetting {
  readonly trainer: Trainer;
  /** Hears of datasets that were refused. */
  readonly bus: EventBus;
}

/** From a dataset's manifest to a training job. */
export class Retrain extends Construct {
  readonly uploads: EventQueue;
  readonly service: ServiceFunction<typeof retrainEnvironmentSchema>;

  constructor(scope: Construct, id: string, { trainer, bus, ...setting }: RetrainProps) {
    super(scope, id);
    const { stage, lake } = setting;
    const { training } = stage;
    // Every byte of a dataset is hashed, up to 3 GiB.
    const timeout = Duration.minutes(15);
    this.uploads = new EventQueue(this, 'Uploads', {
      description: "A dataset's manifest was uploaded",
      timeout,
      pattern: {
        source: ['aws.s3'],
        detailType: ['Object Created'],
        detail: {
          bucket: { name: [lake.bucket.bucketName] },
          object: { key: Match.wildcard(`${PREFIXES.datasets}*/manifest.json`) },
        },
      },
    });
    this.service = new ServiceFunction<typeof retrainEnvironmentSchema>(this, 'Service', {
      ...setting,
      name: 'retrain',
      memoryMb: 3_008,
      timeout,
      environment: {
        TAGWRIGHT_BUCKET: lake.bucket.bucketName,
        TAGWRIGHT_STAGE: stage.name,
        TAGWRIGHT_TRAINING_IMAGE: trainer.image.imageUri,
        TAGWRIGHT_TRAINING_ROLE: trainer.role.roleArn,
        TAGWRIGHT_INSTANCE_TYPE: training.instanceType,
        TAGWRIGHT_VOLUME_GB: String(training.volumeGb),
        TAGWRIGHT_TRAINING_PROFILE: training.profile,
        TAGWRIGHT_MAX_RUNTIME_SECONDS: String(training.maxRuntimeSeconds),
        TAGWRIGHT_HYPERPARAMETERS: JSON.stringify(training.hyperparameters),
        ...(training.encoder !== undefined && { TAGWRIGHT_ENCODER: `${PREFIXES.encoders}${training.encoder}/` }),
        TAGWRIGHT_DATA_KEY: lake.key.keyArn,
        ...(training.network !== undefined && {
          TAGWRIGHT_SUBNETS: JSON.stringify(training.network.subnets),
          TAGWRIGHT_SECURITY_GROUPS: JSON.stringify(training.network.securityGroups),
        }),
        TAGWRIGHT_EVENT_BUS: bus.eventBusName,
      },
    });
    this.#allowJobs(jobNamePrefix(stage), trainer);
    bus.grantPutEventsTo(this.service.role);
    this.service.workOn(this.uploads.work, { maxConcurrency: 2 });
  }

  #allowJobs(prefix: string, trainer: Trainer): void {
    const jobs = Stack.of(this).formatArn({ service: 'sagemaker', resource: 'training-job', resourceName: `${prefix}*` });
    this.service.allow(['sagemaker:CreateTrainingJob', 'sagemaker:DescribeTrainingJob', 'sagemaker:AddTags'], [jobs]);
    acknowledgeWildcard(this.service.role, jobs, 'Jobs of this stage: their names end in a hash.');
    this.service.allow(['iam:PassRole'], [trainer.role.roleArn], {
      StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    });
  }
}
