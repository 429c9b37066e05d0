import { join } from 'node:path';
import { Duration, RemovalPolicy, Size } from 'aws-cdk-lib';
import { Effect, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import {
  Alias,
  Architecture,
  Code,
  Function,
  LoggingFormat,
  Runtime,
  Tracing,
  type IVersion,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource, type SqsEventSourceProps } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { z } from 'zod';
import type { EnvironmentText } from '../../shared/contracts/environment.ts';
import { OBJECT_ACCESS } from '../access.ts';
import type { FunctionName, StageConfig } from '../stages.ts';
import type { Lake } from './lake.ts';
import { grantObjects } from './object-grants.ts';
import type { WorkQueue } from './work-queue.ts';
import { acknowledge } from './written-reasons.ts';

/** What all functions of a stage have in common. */
export interface FunctionSetting {
  readonly stage: StageConfig;
  /** The folder with a folder for each function, `index.mjs` in it. */
  readonly bundles: string;
  readonly lake: Lake;
  readonly logKey: IKey;
}

export interface ServiceFunctionProps<Environment extends z.ZodType> extends FunctionSetting {
  /** Names bundle, row of OBJECT_ACCESS and reserved concurrency. */
  readonly name: FunctionName;
  /** What the schema of shared/contracts/environment.ts reads: a variable that is missing does not compile. */
  readonly environment: EnvironmentText<Environment>;
  readonly memoryMb: number;
  readonly timeout: Duration;
  /**
   * Size of /tmp.
   * @default 512 MiB
   */
  readonly scratch?: Size;
}

/** One function with a role, a log and an alias of its own. Events go to the alias, so that going back is moving the alias. */
export class ServiceFunction<Environment extends z.ZodType> extends Construct {
  readonly function: Function;
  readonly alias: Alias;
  readonly role: Role;

  constructor(scope: Construct, id: string, props: ServiceFunctionProps<Environment>) {
    super(scope, id);
    const { stage, name } = props;
    const logGroup = new LogGroup(this, 'Log', {
      retention: stage.logRetentionDays,
      encryptionKey: props.logKey,
      // Logs have no tweets in them and are of no use without the function.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);
    grantObjects(this.role, props.lake, OBJECT_ACCESS[name]);
    this.function = new Function(this, 'Function', {
      description: `Tagwright ${stage.name}: ${name}`,
      runtime: Runtime.NODEJS_24_X,
      architecture: stage.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(join(props.bundles, name)),
      memorySize: props.memoryMb,
      timeout: props.timeout,
      ephemeralStorageSize: props.scratch ?? Size.mebibytes(512),
      role: this.role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: Tracing.ACTIVE,
      environment: {
        ...props.environment,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_LOGGER_LOG_EVENT: 'false',
        ORT_DISABLE_TELEMETRY: '1',
      },
      ...(stage.reservedConcurrency && { reservedConcurrentExecutions: stage.reservedConcurrency[name] }),
      // A version that is no longer current is the way back.
      currentVersionOptions: { removalPolicy: stage.removal === 'retain' ? RemovalPolicy.RETAIN : RemovalPolicy.DESTROY },
    });
    this.alias = new Alias(this, 'Live', { aliasName: 'live', version: this.function.currentVersion as IVersion });
    acknowledge(this.role, 'AwsSolutions-IAM5[Resource::*]', 'X-Ray takes traces without naming a resource.');
    acknowledge(
      this.function,
      'Serverless-LambdaDLQ',
      'Nothing calls it asynchronously; what a queue brings goes to the dead-letter queue of that queue.',
    );
  }

  allow(actions: readonly string[], resources: readonly string[], conditions: Record<string, unknown> = {}): void {
    this.role.addToPolicy(
      new PolicyStatement({ effect: Effect.ALLOW, actions: [...actions], resources: [...resources], conditions }),
    );
  }

  /** Works on the messages of a queue, by ten, and says which of them have to come again. */
  workOn({ queue, window }: WorkQueue, scaling: Pick<SqsEventSourceProps, 'maxConcurrency' | 'provisionedPollerConfig'>): void {
    const source = new SqsEventSource(queue, {
      batchSize: 10,
      ...(window.toSeconds() > 0 && { maxBatchingWindow: window }),
      reportBatchItemFailures: true,
      ...scaling,
    });
    this.alias.addEventSource(source);
    acknowledge(
      this.alias,
      'Serverless-LambdaEventSourceMappingDestination',
      'A mapping of SQS has no destination: what fails goes back to the queue, and in the end to its dead-letter queue.',
    );
  }
}
