import { Duration } from 'aws-cdk-lib';
import type { EventBus } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { promoteEnvironmentSchema } from '../../shared/contracts/environment.ts';
import { TERMINAL_JOB_STATUSES } from '../../shared/contracts/training-job.ts';
import { jobNamePrefix } from '../job-names.ts';
import { EventQueue } from './event-queue.ts';
import { ServiceFunction, type FunctionSetting } from './service-function.ts';
import type { SigningKey } from './signing-key.ts';

export interface PromoteProps extends FunctionSetting {
  readonly signingKey: SigningKey;
  /** Hears of what was decided. */
  readonly bus: EventBus;
}

/** From the end of a training job to a decision. The only role that signs. */
export class Promote extends Construct {
  readonly endedJobs: EventQueue;
  readonly service: ServiceFunction<typeof promoteEnvironmentSchema>;

  constructor(scope: Construct, id: string, { signingKey, bus, ...setting }: PromoteProps) {
    super(scope, id);
    const { stage, lake } = setting;
    // It runs two models over the frozen test set.
    const timeout = Duration.minutes(15);
    this.endedJobs = new EventQueue(this, 'EndedJobs', {
      description: 'A training job of this stage has ended',
      timeout,
      pattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Training Job State Change'],
        detail: {
          TrainingJobName: [{ prefix: jobNamePrefix(stage) }],
          TrainingJobStatus: [...TERMINAL_JOB_STATUSES],
        },
      },
    });
    this.service = new ServiceFunction<typeof promoteEnvironmentSchema>(this, 'Service', {
      ...setting,
      name: 'promote',
      memoryMb: 3_538,
      timeout,
      environment: {
        TAGWRIGHT_BUCKET: lake.bucket.bucketName,
        TAGWRIGHT_STAGE: stage.name,
        TAGWRIGHT_SIGNING_KEY: signingKey.key.keyArn,
        TAGWRIGHT_APPROVAL: stage.approval,
        TAGWRIGHT_GATE: JSON.stringify(stage.gate),
        TAGWRIGHT_EVENT_BUS: bus.eventBusName,
      },
    });
    signingKey.grantSign(this.service.role);
    bus.grantPutEventsTo(this.service.role);
    this.service.workOn(this.endedJobs.work, { maxConcurrency: 2 });
  }
}
