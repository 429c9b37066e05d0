import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import type { Lake } from './lake.ts';
import { acknowledge, acknowledgeWildcard } from './written-reasons.ts';

/** The label of the map state, a part of its runs' names. */
export const BACKFILL_MAP = 'EveryObject';

/** Where the outcome of each call is listed. */
export const BACKFILL_RESULTS = `${PREFIXES.backfill}results`;

export interface BackfillRoleProps {
  readonly lake: Lake;
  readonly callee: IFunction;
}

/** What the backfill's state machine may do: list the lake, call one function, list what became of the calls. */
export class BackfillRole extends Construct {
  readonly role: Role;

  constructor(scope: Construct, id: string, { lake, callee }: BackfillRoleProps) {
    super(scope, id);
    this.role = new Role(this, 'Resource', { assumedBy: new ServicePrincipal('states.amazonaws.com') });
    const results = lake.bucket.arnForObjects(`${BACKFILL_RESULTS}/*`);
    acknowledgeWildcard(this.role, results, 'One folder for each execution, named after it.');
    acknowledge(this.role, 'AwsSolutions-IAM5[Resource::*]', 'Log deliveries and X-Ray name no resource.');
    const allow = (actions: string[], resources: string[]): void => {
      this.role.addToPolicy(new PolicyStatement({ actions, resources }));
    };
    allow(['s3:ListBucket'], [lake.bucket.bucketArn]);
    allow(['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'], [results]);
    allow(['kms:Decrypt', 'kms:GenerateDataKey'], [lake.key.keyArn]);
    allow(['lambda:InvokeFunction'], [callee.functionArn]);
    // https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
    allow(
      [
        'logs:CreateLogDelivery',
        'logs:GetLogDelivery',
        'logs:UpdateLogDelivery',
        'logs:DeleteLogDelivery',
        'logs:ListLogDeliveries',
        'logs:PutResourcePolicy',
        'logs:DescribeResourcePolicies',
        'logs:DescribeLogGroups',
      ],
      ['*'],
    );
    allow(
      ['xray:PutTraceSegments', 'xray:PutTelemetryRecords', 'xray:GetSamplingRules', 'xray:GetSamplingTargets'],
      ['*'],
    );
  }
}

/** The library lets a map start and follow children of its own machine; their names are known when they run. */
export function acknowledgeOwnExecutions(machine: StateMachine): void {
  const stack = Stack.of(machine);
  const name = stack.splitArn(machine.stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName!;
  for (const owner of [name, `${name}/${BACKFILL_MAP}`]) {
    const executions = stack.formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${owner}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    acknowledgeWildcard(machine, executions, 'Executions of this machine; each has a name of its own.');
  }
}
