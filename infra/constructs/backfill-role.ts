import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Policy, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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

  /** A map starts children of its own machine. In a policy of its own, since the machine waits for that of the role. */
  allowOwnExecutions({ stateMachineArn }: StateMachine): void {
    const name = Stack.of(this).splitArn(stateMachineArn, ArnFormat.COLON_RESOURCE_NAME).resourceName!;
    const executions = (machine: string): string =>
      Stack.of(this).formatArn({
        service: 'states',
        resource: 'execution',
        resourceName: `${machine}:*`,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
    const [whole, children] = [executions(name), executions(`${name}/${BACKFILL_MAP}`)];
    const policy = new Policy(this, 'OwnExecutions', {
      roles: [this.role],
      statements: [
        new PolicyStatement({ actions: ['states:StartExecution'], resources: [stateMachineArn] }),
        new PolicyStatement({ actions: ['states:DescribeExecution', 'states:StopExecution'], resources: [whole] }),
        new PolicyStatement({ actions: ['states:RedriveExecution'], resources: [children] }),
      ],
    });
    for (const resource of [whole, children]) {
      acknowledgeWildcard(policy, resource, 'Executions of this machine; each has a name of its own.');
    }
  }
}
