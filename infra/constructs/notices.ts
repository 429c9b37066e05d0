import { EventField, Rule, RuleTargetInput, type EventBus, type IEventBus } from 'aws-cdk-lib/aws-events';
import { SnsTopic } from 'aws-cdk-lib/aws-events-targets';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import type { DatasetRefused, ModelRefused } from '../../shared/contracts/events.ts';
import { jobNamePrefix } from '../job-names.ts';
import type { StageConfig } from '../stages.ts';
import { acknowledge } from './written-reasons.ts';

export interface NoticesProps {
  readonly stage: StageConfig;
  readonly bus: EventBus;
  readonly topic: ITopic;
}

const REFUSALS: readonly (ModelRefused | DatasetRefused)['detail-type'][] = ['Model Refused', 'Dataset Refused'];

/** Tells people of events with the reason in them, which an alarm cannot carry. */
export class Notices extends Construct {
  readonly jobFailed: Rule;
  readonly refused: Rule;

  constructor(scope: Construct, id: string, { stage, bus, topic }: NoticesProps) {
    super(scope, id);
    const deadLetterQueue = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    for (const rule of ['AwsSolutions-SQS3', 'Serverless-SQSRedrivePolicy']) {
      acknowledge(deadLetterQueue, rule, 'It is the dead-letter queue of the rules below.');
    }
    this.jobFailed = new Rule(this, 'JobFailed', {
      description: 'A training job of this stage has failed or was stopped',
      eventPattern: {
        source: ['aws.sagemaker'],
        detailType: ['SageMaker Training Job State Change'],
        detail: {
          TrainingJobName: [{ prefix: jobNamePrefix(stage) }],
          TrainingJobStatus: ['Failed', 'Stopped'],
        },
      },
    });
    const field = (name: string): string => EventField.fromPath(`$.detail.${name}`);
    this.jobFailed.addTarget(
      new SnsTopic(topic, {
        deadLetterQueue,
        message: RuleTargetInput.fromText(
          `${field('TrainingJobName')}: ${field('TrainingJobStatus')}, ${field('SecondaryStatus')}. Runbook: docs/operations.md#training-job-failed`,
        ),
      }),
    );
    this.refused = new Rule(this, 'Refused', {
      description: 'A model or a dataset was refused',
      eventBus: bus as IEventBus,
      eventPattern: { source: ['tagwright'], detailType: [...REFUSALS] },
    });
    this.refused.addTarget(
      new SnsTopic(topic, {
        deadLetterQueue,
        message: RuleTargetInput.fromText(
          `${EventField.detailType}: ${field('reason')}. Runbook: docs/operations.md#model-or-dataset-refused`,
        ),
      }),
    );
  }
}
