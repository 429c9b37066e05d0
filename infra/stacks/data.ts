import { CfnOutput, RemovalPolicy, Stack, type StackProps } from 'aws-cdk-lib';
import { EventBus } from 'aws-cdk-lib/aws-events';
import type { Construct } from 'constructs';
import { Lake } from '../constructs/lake.ts';
import { People } from '../constructs/people.ts';
import { SigningKey } from '../constructs/signing-key.ts';
import type { StageConfig } from '../stages.ts';

export interface DataStackProps extends StackProps {
  readonly stage: StageConfig;
  /** The second key: without it data outlives its stack, whatever the stage says. */
  readonly removeDataOnDestroy: boolean;
}

/** What must not be lost: the lake with the models in it, and the key that signs them. */
export class DataStack extends Stack {
  readonly lake: Lake;
  readonly signingKey: SigningKey;
  /** Where functions and operators tell which model serves and what was refused. */
  readonly bus: EventBus;

  constructor(scope: Construct, id: string, { stage, removeDataOnDestroy, ...props }: DataStackProps) {
    super(scope, id, props);
    const destroy = stage.removal === 'destroy' && removeDataOnDestroy;
    const removalPolicy = destroy ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    this.lake = new Lake(this, 'Lake', { retentionDays: stage.retentionDays, removalPolicy });
    this.signingKey = new SigningKey(this, 'SigningKey', { removalPolicy });
    this.bus = new EventBus(this, 'Bus', { description: `Tagwright ${stage.name}: models and datasets` });
    const { lake, signingKey, bus } = this;
    const { uploader, operator } = new People(this, 'People', { lake, signingKey, bus });
    new CfnOutput(this, 'BucketName', {
      value: this.lake.bucket.bucketName,
      description: 'For `tagwright upload --bucket`',
    });
    new CfnOutput(this, 'AccessLogsBucketName', { value: this.lake.accessLogs.bucketName });
    new CfnOutput(this, 'SigningKeyArn', { value: this.signingKey.key.keyArn });
    new CfnOutput(this, 'EventBusName', { value: bus.eventBusName });
    new CfnOutput(this, 'UploaderPolicyArn', { value: uploader.managedPolicyArn });
    new CfnOutput(this, 'OperatorPolicyArn', { value: operator.managedPolicyArn });
  }
}
