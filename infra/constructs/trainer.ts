import { Stack } from 'aws-cdk-lib';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Construct } from 'constructs';
import { GPU_INSTANCE_TYPE } from '../../shared/contracts/training-job.ts';
import { OBJECT_ACCESS } from '../access.ts';
import type { StageConfig } from '../stages.ts';
import type { Lake } from './lake.ts';
import { grantObjects } from './object-grants.ts';
import { acknowledge, acknowledgeWildcard } from './written-reasons.ts';

export interface TrainerImage {
  /** Build context. */
  readonly directory: string;
  /** Path of the Dockerfile in it. */
  readonly file: string;
  /** What of the context is not sent, by the rules of .dockerignore. */
  readonly exclude?: readonly string[];
}

export interface TrainerProps {
  readonly stage: StageConfig;
  readonly lake: Lake;
  readonly image: TrainerImage;
}

/**
 * The training container and the role it runs in. The image is named by the hash of what it is built from, and the
 * repository that CDK's bootstrap makes lets no tag be changed: the name is as good as a digest.
 */
export class Trainer extends Construct {
  readonly image: DockerImageAsset;
  readonly role: Role;

  constructor(scope: Construct, id: string, { stage, lake, image }: TrainerProps) {
    super(scope, id);
    const { partition, region, account } = Stack.of(this);
    this.image = new DockerImageAsset(this, 'Image', {
      directory: image.directory,
      file: image.file,
      exclude: [...(image.exclude ?? [])],
      buildArgs: { DEVICE: GPU_INSTANCE_TYPE.test(stage.training.instanceType) ? 'cuda' : 'cpu' },
      // CUDA's libraries are there for this platform alone.
      platform: Platform.LINUX_AMD64,
    });
    this.role = new Role(this, 'Role', {
      description: `Tagwright ${stage.name}: training jobs`,
      assumedBy: new ServicePrincipal('sagemaker.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': account } },
      }),
    });
    grantObjects(this.role, lake, OBJECT_ACCESS.trainer);
    this.#allow(['kms:DescribeKey'], [lake.key.keyArn]);
    this.#allow(['kms:CreateGrant'], [lake.key.keyArn], { Bool: { 'kms:GrantIsForAWSResource': 'true' } });
    this.image.repository.grantPull(this.role);
    acknowledge(
      this.role,
      'AwsSolutions-IAM5[Resource::*]',
      'ecr:GetAuthorizationToken and cloudwatch:PutMetricData name no resource.',
    );
    this.#allow(['cloudwatch:PutMetricData'], ['*'], {
      StringEquals: { 'cloudwatch:namespace': '/aws/sagemaker/TrainingJobs' },
    });
    const logs = `arn:${partition}:logs:${region}:${account}:log-group:/aws/sagemaker/TrainingJobs*`;
    this.#allow(
      ['logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents', 'logs:DescribeLogStreams'],
      [logs],
    );
    acknowledgeWildcard(this.role, logs, 'SageMaker makes this log group, and a stream for each job.');
    if (stage.training.network !== undefined) this.#allowNetwork();
  }

  /** A job in subnets makes network interfaces there: https://docs.aws.amazon.com/sagemaker/latest/dg/train-vpc.html */
  #allowNetwork(): void {
    this.#allow(
      [
        'ec2:CreateNetworkInterface',
        'ec2:CreateNetworkInterfacePermission',
        'ec2:DeleteNetworkInterface',
        'ec2:DeleteNetworkInterfacePermission',
        'ec2:DescribeNetworkInterfaces',
        'ec2:DescribeVpcs',
        'ec2:DescribeDhcpOptions',
        'ec2:DescribeSubnets',
        'ec2:DescribeSecurityGroups',
      ],
      ['*'],
    );
  }

  #allow(actions: string[], resources: string[], conditions: Record<string, unknown> = {}): void {
    this.role.addToPolicy(new PolicyStatement({ actions, resources, conditions }));
  }
}
