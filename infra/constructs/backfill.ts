import { CfnOutput, Duration, RemovalPolicy } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import {
  DefinitionBody,
  DistributedMap,
  ItemBatcher,
  JsonPath,
  LogLevel,
  ResultWriterV2,
  S3ObjectsItemReader,
  StateMachine,
  StateMachineType,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import type { backfillEnvironmentSchema } from '../../shared/contracts/environment.ts';
import type { StageConfig } from '../stages.ts';
import { acknowledgeOwnExecutions, BACKFILL_MAP, BACKFILL_RESULTS, BackfillRole } from './backfill-role.ts';
import type { Lake } from './lake.ts';
import { ServiceFunction, type FunctionSetting } from './service-function.ts';
import type { SigningKey } from './signing-key.ts';
import { acknowledge } from './written-reasons.ts';

/** Objects that one call of the function is given. */
const OBJECTS_PER_CALL = 10;

export interface BackfillProps extends FunctionSetting {
  readonly signingKey: SigningKey;
}

/**
 * Tags what is already there: every object below a prefix, many at once. An execution is started with
 * `{"run": "NAME", "prefix": "backfill/NAME/input/"}`; when it fails, its redrive does the failed calls again.
 */
export class Backfill extends Construct {
  readonly service: ServiceFunction<typeof backfillEnvironmentSchema>;
  readonly stateMachine: StateMachine;

  constructor(scope: Construct, id: string, { signingKey, ...setting }: BackfillProps) {
    super(scope, id);
    const { stage, lake, logKey } = setting;
    this.service = new ServiceFunction<typeof backfillEnvironmentSchema>(this, 'Service', {
      ...setting,
      name: 'backfill',
      memoryMb: 1_769,
      timeout: Duration.minutes(4),
      environment: {
        TAGWRIGHT_BUCKET: lake.bucket.bucketName,
        TAGWRIGHT_STAGE: stage.name,
        TAGWRIGHT_SIGNING_KEY: signingKey.key.keyArn,
        TAGWRIGHT_MODEL_POLL_SECONDS: String(stage.modelPollSeconds),
      },
    });
    signingKey.grantVerify(this.service.role);
    const callee = this.service.alias as IFunction;
    const { role } = new BackfillRole(this, 'Role', { lake, callee });
    this.stateMachine = new StateMachine(this, 'StateMachine', {
      // What the library would add lets it write anywhere in the lake.
      role: role.withoutPolicyUpdates(),
      definitionBody: DefinitionBody.fromChainable(everyObject(this, { stage, lake, callee })),
      timeout: Duration.days(7),
      tracingEnabled: true,
      logs: {
        level: LogLevel.ERROR,
        destination: new LogGroup(this, 'Log', {
          retention: stage.logRetentionDays,
          encryptionKey: logKey,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      },
    });
    acknowledgeOwnExecutions(this.stateMachine);
    acknowledge(this.stateMachine, 'AwsSolutions-SF1', 'Errors are logged; every event of a million children would be too.');
    new CfnOutput(this, 'StateMachineArn', { value: this.stateMachine.stateMachineArn });
  }
}

interface Objects {
  readonly stage: StageConfig;
  readonly lake: Lake;
  readonly callee: IFunction;
}

function everyObject(scope: Construct, { stage, lake, callee }: Objects): DistributedMap {
  const tagObjects = new LambdaInvoke(scope, 'TagObjects', {
    lambdaFunction: callee,
    payloadResponseOnly: true,
    // Those of the service alone: an express child has five minutes, and a redrive does the rest.
    retryOnServiceExceptions: true,
  });
  const map = new DistributedMap(scope, BACKFILL_MAP, {
    label: BACKFILL_MAP,
    mapExecutionType: StateMachineType.EXPRESS,
    // Live traffic keeps its share of the account's concurrency.
    maxConcurrency: stage.backfill.maxConcurrency,
    toleratedFailurePercentage: stage.backfill.toleratedFailurePercent,
    itemReader: new S3ObjectsItemReader({ bucket: lake.bucket, prefix: JsonPath.stringAt('$.prefix') }),
    // The library writes this part as it is: the path has to be marked by its name.
    itemBatcher: new ItemBatcher({ maxItemsPerBatch: OBJECTS_PER_CALL, batchInput: { 'run.$': '$.run' } }),
    resultWriterV2: new ResultWriterV2({ bucket: lake.bucket, prefix: BACKFILL_RESULTS }),
  });
  return map.itemProcessor(tagObjects);
}
