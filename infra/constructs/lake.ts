import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import {
  BlockPublicAccess,
  Bucket,
  BucketEncryption,
  ObjectOwnership,
  type CfnBucket,
  type IBucket,
} from 'aws-cdk-lib/aws-s3';
import { Construct } from 'constructs';
import type { StageConfig } from '../stages.ts';
import { lifecycleRules } from './lifecycle.ts';
import { acknowledge } from './written-reasons.ts';

export interface LakeProps {
  readonly retentionDays: StageConfig['retentionDays'];
  readonly removalPolicy: RemovalPolicy;
}

/** The object store of the cloud: one versioned bucket under one key, laid out as shared/contracts/layout.ts says. */
export class Lake extends Construct {
  readonly bucket: IBucket;
  readonly accessLogs: Bucket;
  readonly key: Key;

  constructor(scope: Construct, id: string, { retentionDays, removalPolicy }: LakeProps) {
    super(scope, id);
    this.key = new Key(this, 'Key', {
      description: 'Tagwright: the data lake',
      enableKeyRotation: true,
      removalPolicy,
    });
    const common = {
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      objectOwnership: ObjectOwnership.BUCKET_OWNER_ENFORCED,
      enforceSSL: true,
      minimumTLSVersion: 1.2,
      removalPolicy,
    };
    this.accessLogs = new Bucket(this, 'AccessLogs', {
      ...common,
      // Log delivery cannot write under a customer's key.
      encryption: BucketEncryption.S3_MANAGED,
      lifecycleRules: [{ id: 'expire', expiration: Duration.days(90) }],
    });
    acknowledge(
      this.accessLogs,
      'AwsSolutions-S1',
      'This bucket holds the access logs; logs of it would log their own delivery.',
    );
    const bucket = new Bucket(this, 'Bucket', {
      ...common,
      encryption: BucketEncryption.KMS,
      encryptionKey: this.key,
      // One data key serves many objects: some 99 % fewer calls of KMS.
      bucketKeyEnabled: true,
      versioned: true,
      lifecycleRules: lifecycleRules(retentionDays),
      // The library's classes fit their interfaces but for `exactOptionalPropertyTypes`; here and elsewhere.
      serverAccessLogsBucket: this.accessLogs as IBucket,
      serverAccessLogsPrefix: 'lake/',
    });
    // CDK's `eventBridgeEnabled` needs a function of its own to set this one property.
    (bucket.node.defaultChild as CfnBucket).notificationConfiguration = {
      eventBridgeConfiguration: { eventBridgeEnabled: true },
    };
    this.bucket = bucket as IBucket;
  }
}
