import { describe, expect, test } from 'vitest';
import { OBJECT_ACCESS, type ObjectAccess, type RoleName } from '../../infra/access.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { policyStatements, type PlacedStatement } from '../support/infra/policy-statements.ts';
import { STAGE_VARIANTS } from '../support/infra/stage-variants.ts';
import { PARTS, synthesize } from '../support/infra/synthesized-stage.ts';

/** Actions that may name the resource `*`, and why. */
const ANY_RESOURCE: Readonly<Record<string, string>> = {
  'xray:PutTraceSegments': 'X-Ray names no resource.',
  'xray:PutTelemetryRecords': 'X-Ray names no resource.',
  'xray:GetSamplingRules': 'X-Ray names no resource.',
  'xray:GetSamplingTargets': 'X-Ray names no resource.',
  'ecr:GetAuthorizationToken': 'A token is for the whole registry.',
  'cloudwatch:PutMetricData': 'Has no resource; a condition names the namespace.',
  'logs:CreateLogDelivery': 'Log deliveries have no resource.',
  'logs:GetLogDelivery': 'Log deliveries have no resource.',
  'logs:UpdateLogDelivery': 'Log deliveries have no resource.',
  'logs:DeleteLogDelivery': 'Log deliveries have no resource.',
  'logs:ListLogDeliveries': 'Log deliveries have no resource.',
  'logs:PutResourcePolicy': 'A policy of the service, for the account.',
  'logs:DescribeResourcePolicies': 'A policy of the service, for the account.',
  'logs:DescribeLogGroups': 'A list.',
  'ec2:CreateNetworkInterface': "The interface's id is known when it is there; subnets and groups are the stage's.",
  'ec2:CreateNetworkInterfacePermission': "The interface's id is known when it is there.",
  'ec2:DeleteNetworkInterface': "The interface's id is known when it is there.",
  'ec2:DeleteNetworkInterfacePermission': "The interface's id is known when it is there.",
  'ec2:DescribeNetworkInterfaces': 'A list.',
  'ec2:DescribeVpcs': 'A list.',
  'ec2:DescribeDhcpOptions': 'A list.',
  'ec2:DescribeSubnets': 'A list.',
  'ec2:DescribeSecurityGroups': 'A list.',
};

/** Actions with a wildcard, which policies of keys alone have, and why. */
const WILDCARD_ACTIONS: Readonly<Record<string, string>> = {
  'kms:*': "The account's administrators: without them a key could be locked for ever.",
  'kms:Encrypt*': 'CloudWatch Logs documents these five, under a condition.',
  'kms:Decrypt*': 'CloudWatch Logs documents these five, under a condition.',
  'kms:ReEncrypt*': 'CloudWatch Logs documents these five, under a condition.',
  'kms:GenerateDataKey*': 'CloudWatch Logs documents these five, under a condition.',
  'kms:Describe*': 'CloudWatch Logs documents these five, under a condition.',
};

const statementsOf = (templates: ReturnType<typeof synthesize>['templates']): PlacedStatement[] =>
  PARTS.flatMap((part) => policyStatements(templates[part]));
const allows = ({ statement }: PlacedStatement): boolean => statement.Effect === 'Allow';

describe.each(STAGE_VARIANTS)('stage %s', { timeout: 60_000 }, (_, stage) => {
  test('allows no action by a wildcard that is not written down with a reason', () => {
    const found = statementsOf(synthesize(stage).templates)
      .filter(allows)
      .flatMap(({ type, actions }) => actions.filter((action) => action.includes('*')).map((action) => [type, action]));
    expect(found.filter(([type, action]) => type !== 'AWS::KMS::Key' || !(action! in WILDCARD_ACTIONS))).toEqual([]);
  });

  test('names every resource, except for actions that are written down with a reason', () => {
    const found = statementsOf(synthesize(stage).templates)
      // In the policy of a key `*` is that key.
      .filter((placed) => allows(placed) && placed.type !== 'AWS::KMS::Key' && placed.resources.includes('*'))
      .flatMap(({ where, actions }) => actions.map((action) => `${where}: ${action}`));
    expect(found.filter((entry) => !(entry.split(': ')[1]! in ANY_RESOURCE))).toEqual([]);
  });

  test('lets the whole world in nowhere without a condition', () => {
    const open = statementsOf(synthesize(stage).templates).filter(
      (placed) => allows(placed) && JSON.stringify(placed.statement.Principal ?? '').includes('"*"'),
    );
    expect(open.filter(({ statement }) => statement.Condition === undefined)).toEqual([]);
  });

  test('passes one role, to SageMaker alone', () => {
    const passing = statementsOf(synthesize(stage).templates).filter(({ actions }) => actions.includes('iam:PassRole'));
    expect(passing).toHaveLength(1);
    expect(passing[0]!.statement.Condition).toEqual({
      StringEquals: { 'iam:PassedToService': 'sagemaker.amazonaws.com' },
    });
    expect(passing[0]!.resources).toEqual([
      expect.stringMatching(/^<Tagwright-\w+-Training:ExportsOutput\w*TrainerRole/),
    ]);
  });

  test('starts training jobs of its own name only', () => {
    const starting = statementsOf(synthesize(stage).templates).filter(({ actions }) =>
      actions.includes('sagemaker:CreateTrainingJob'),
    );
    expect(starting.map(({ resources }) => resources)).toEqual([
      [expect.stringMatching(new RegExp(`:training-job/tagwright-${stage.name}-\\*$`))],
    ]);
  });

  test('lets promote sign, and nobody else', () => {
    const signing = statementsOf(synthesize(stage).templates).filter(
      ({ type, actions }) => type !== 'AWS::KMS::Key' && actions.includes('kms:Sign'),
    );
    expect(signing.map(({ where }) => where)).toEqual([expect.stringMatching(/^PromoteServiceRole/)]);
  });

  test('has no custom resource and attaches no policy of AWS', () => {
    for (const template of Object.values(synthesize(stage).templates)) {
      const text = JSON.stringify(template.toJSON());
      expect(text).not.toMatch(/Custom::|CustomResource/);
      expect(text).not.toContain(':iam::aws:policy');
    }
  });

  test('names nothing physically', () => {
    const named = Object.values(synthesize(stage).templates).flatMap((template) => {
      const { Resources } = template.toJSON() as {
        Resources: Record<string, { Properties?: Record<string, unknown> }>;
      };
      const names = [
        'BucketName',
        'FunctionName',
        'QueueName',
        'RoleName',
        'TopicName',
        'LogGroupName',
        'StateMachineName',
      ];
      return Object.entries(Resources).flatMap(([id, { Properties = {} }]) =>
        names.filter((name) => typeof Properties[name] === 'string').map((name) => `${id}.${name}`),
      );
    });
    expect(named).toEqual([]);
  });
});

describe('objects', () => {
  /** The start of the logical id of the policy that each role's grants stand in. */
  const policies: Readonly<Record<RoleName, RegExp>> = {
    tagger: /^TaggerServiceRole/,
    trends: /^TrendsServiceRole/,
    retrain: /^RetrainServiceRole/,
    promote: /^PromoteServiceRole/,
    api: /^ApiServiceRole/,
    backfill: /^BackfillServiceRole/,
    trainer: /^TrainerRole/,
    uploader: /^PeopleUploader/,
    operator: /^PeopleOperator/,
  };
  const roles = Object.keys(policies) as RoleName[];

  test.each(roles)('%s may do in the lake what its row says, and no more', (role) => {
    const statements = statementsOf(synthesize(STAGE_VARIANTS[1]![1]).templates).filter(
      (placed) => allows(placed) && policies[role].test(placed.where),
    );
    const reached = (action: string): string[] =>
      statements
        .filter(({ actions }) => actions.includes(action))
        .flatMap(({ resources }) => resources.map((arn) => arn.replace(/^[^/]*\//, '')))
        .sort();
    const below = (prefixes: ObjectAccess['read'] = []): string[] => prefixes.map((name) => `${PREFIXES[name]}*`);
    const { read, write, remove, writeKeys = [] } = OBJECT_ACCESS[role];
    expect(reached('s3:GetObject')).toEqual(below(read).sort());
    expect(reached('s3:PutObject')).toEqual([...below(write), ...writeKeys].sort());
    expect(reached('s3:DeleteObject')).toEqual(below(remove).sort());
    const others = statements.flatMap(({ actions }) => actions.filter((action) => action.startsWith('s3:')));
    const known = ['s3:GetObject', 's3:PutObject', 's3:AbortMultipartUpload', 's3:DeleteObject', 's3:ListBucket'];
    expect(others.filter((action) => !known.includes(action))).toEqual([]);
  });

  test('uploads, jobs, models and the frozen test sets are written by different roles', () => {
    const writers = (prefix: keyof typeof PREFIXES): RoleName[] =>
      roles.filter((role) => OBJECT_ACCESS[role].write.includes(prefix));
    expect(writers('datasets')).toEqual(['uploader']);
    expect(writers('jobs')).toEqual(['trainer']);
    expect(writers('models')).toEqual(['promote']);
    expect(writers('signatures')).toEqual(['promote']);
    expect(writers('frozen')).toEqual(['retrain', 'operator']);
    expect(roles.filter((role) => OBJECT_ACCESS[role].writeKeys?.includes('models/current.json'))).toEqual([
      'operator',
    ]);
  });
});
