import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { FUNCTION_NAMES, stageConfig, type FunctionName } from '../../infra/stages.ts';
import {
  apiEnvironmentSchema,
  backfillEnvironmentSchema,
  promoteEnvironmentSchema,
  retrainEnvironmentSchema,
  taggerEnvironmentSchema,
  trendsEnvironmentSchema,
} from '../../shared/contracts/environment.ts';
import { flat } from '../support/infra/policy-statements.ts';
import { fullStage, jwtStage, STAGE_VARIANTS } from '../support/infra/stage-variants.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';

const schemas: Readonly<Record<FunctionName, z.ZodType>> = {
  tagger: taggerEnvironmentSchema,
  trends: trendsEnvironmentSchema,
  retrain: retrainEnvironmentSchema,
  promote: promoteEnvironmentSchema,
  api: apiEnvironmentSchema,
  backfill: backfillEnvironmentSchema,
};

interface Found<T> {
  readonly Properties: T;
}
type Serving = ReturnType<typeof synthesize>['templates']['serving'];
const found = <T>(serving: Serving, type: string): [string, T][] =>
  Object.entries(serving.findResources(type) as Record<string, Found<T>>).map(([id, { Properties }]) => [
    id,
    Properties,
  ]);

interface FunctionProperties {
  readonly Timeout: number;
  readonly ReservedConcurrentExecutions?: number;
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}
const functionOf = (serving: Serving, name: FunctionName): FunctionProperties =>
  found<FunctionProperties>(serving, 'AWS::Lambda::Function').find(
    ([, { Environment }]) => Environment.Variables['POWERTOOLS_SERVICE_NAME'] === name,
  )![1];

describe.each(STAGE_VARIANTS)('functions of %s', { timeout: 60_000 }, (_, stage) => {
  const { serving } = synthesize(stage).templates;

  test('run on Node 24, traced, with a log of their own in JSON', () => {
    serving.resourceCountIs('AWS::Lambda::Function', FUNCTION_NAMES.length);
    serving.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: [stage.architecture],
      Handler: 'index.handler',
      TracingConfig: { Mode: 'Active' },
      LoggingConfig: { LogFormat: 'JSON', LogGroup: Match.anyValue() },
    });
    serving.allResourcesProperties('AWS::Logs::LogGroup', {
      RetentionInDays: stage.logRetentionDays,
      KmsKeyId: Match.anyValue(),
    });
  });

  test.each(FUNCTION_NAMES)('%s reads its environment by its schema', (name) => {
    const { Variables } = functionOf(serving, name).Environment;
    // What is known when it is deployed: any URL will do.
    const text = Object.entries(Variables).map(([key, value]) => [
      key,
      typeof value === 'string'
        ? value
        : key.endsWith('_URL')
          ? 'https://sqs.us-east-1.amazonaws.com/1/q'
          : flat(value),
    ]);
    expect(schemas[name].safeParse(Object.fromEntries(text))).toMatchObject({ success: true });
  });

  test('are called by their alias, never by $LATEST', () => {
    const aliases = found<{ FunctionVersion: unknown }>(serving, 'AWS::Lambda::Alias');
    expect(aliases).toHaveLength(FUNCTION_NAMES.length);
    for (const [, { FunctionName }] of found<{ FunctionName: unknown }>(serving, 'AWS::Lambda::EventSourceMapping')) {
      expect(flat(FunctionName)).toMatch(/:live$/);
    }
  });

  test('every queue is encrypted, answers TLS only, and has a dead-letter queue that keeps for 14 days', () => {
    serving.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    const queues = found<Record<string, unknown>>(serving, 'AWS::SQS::Queue');
    const [work, dead] = [
      queues.filter(([, q]) => 'RedrivePolicy' in q),
      queues.filter(([, q]) => !('RedrivePolicy' in q)),
    ];
    expect([work.length, dead.length]).toEqual([4, 4]);
    for (const [, { RedrivePolicy }] of work) expect(RedrivePolicy).toMatchObject({ maxReceiveCount: 5 });
    for (const [, properties] of dead) {
      expect(properties).toMatchObject({
        MessageRetentionPeriod: 14 * 86_400,
        RedriveAllowPolicy: { redrivePermission: 'allowAll' },
      });
    }
    serving.resourceCountIs('AWS::SQS::QueuePolicy', 8);
    serving.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
  });

  test('messages stay hidden for six time-outs of their function and the window, and failures are told one by one', () => {
    interface Mapping {
      readonly BatchSize: number;
      readonly EventSourceArn: { readonly 'Fn::GetAtt': [string, string] };
      readonly FunctionName: unknown;
      readonly FunctionResponseTypes: string[];
      readonly MaximumBatchingWindowInSeconds?: number;
    }
    const mappings = found<Mapping>(serving, 'AWS::Lambda::EventSourceMapping');
    expect(mappings).toHaveLength(4);
    const queues = Object.fromEntries(found<{ VisibilityTimeout: number }>(serving, 'AWS::SQS::Queue'));
    for (const [, mapping] of mappings) {
      const name = FUNCTION_NAMES.find((known) =>
        flat(mapping.FunctionName).toLowerCase().includes(`"${known}servicelive`),
      )!;
      const { Timeout } = functionOf(serving, name);
      const window = mapping.MaximumBatchingWindowInSeconds ?? 0;
      expect(queues[mapping.EventSourceArn['Fn::GetAtt'][0]]!.VisibilityTimeout).toBe(6 * Timeout + window);
      expect(mapping).toMatchObject({ BatchSize: 10, FunctionResponseTypes: ['ReportBatchItemFailures'] });
    }
  });

  test('what a rule cannot deliver goes to a dead-letter queue', () => {
    serving.resourceCountIs('AWS::Events::Rule', 2);
    serving.allResourcesProperties('AWS::Events::Rule', {
      Targets: [Match.objectLike({ DeadLetterConfig: { Arn: Match.anyValue() } })],
    });
  });

  test('training starts from a manifest in the lake, and a decision from the end of a job of this stage', () => {
    serving.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.s3'],
        'detail-type': ['Object Created'],
        detail: { object: { key: [{ wildcard: 'datasets/*/manifest.json' }] } },
      },
    });
    serving.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        source: ['aws.sagemaker'],
        detail: {
          TrainingJobName: [{ prefix: `tagwright-${stage.name}-` }],
          TrainingJobStatus: ['Completed', 'Failed', 'Stopped'],
        },
      },
    });
  });

  test('a backfill lists a prefix, bounds its children and what may fail, and is traced and logged', () => {
    serving.hasResourceProperties('AWS::StepFunctions::StateMachine', {
      TracingConfiguration: { Enabled: true },
      LoggingConfiguration: Match.objectLike({ Level: 'ERROR' }),
    });
    const [[, { DefinitionString }]] = found<{ DefinitionString: unknown }>(
      serving,
      'AWS::StepFunctions::StateMachine',
    ) as [[string, { DefinitionString: unknown }]];
    expect(JSON.parse(flat(DefinitionString))).toMatchObject({
      States: {
        EveryObject: {
          Type: 'Map',
          MaxConcurrency: stage.backfill.maxConcurrency,
          ToleratedFailurePercentage: stage.backfill.toleratedFailurePercent,
          ItemProcessor: { ProcessorConfig: { Mode: 'DISTRIBUTED', ExecutionType: 'EXPRESS' } },
          ItemReader: { Parameters: { 'Prefix.$': '$.prefix' } },
          ItemBatcher: { MaxItemsPerBatch: 10, BatchInput: { 'run.$': '$.run' } },
          ResultWriter: { Parameters: { Prefix: 'backfill/results' } },
        },
      },
    });
  });
});

describe('scaling', { timeout: 60_000 }, () => {
  test('prod keeps concurrency for each function, and trends are counted by one', () => {
    const { serving } = synthesize(stageConfig('prod')).templates;
    const reserved = FUNCTION_NAMES.map((name) => [name, functionOf(serving, name).ReservedConcurrentExecutions]);
    expect(Object.fromEntries(reserved)).toEqual(stageConfig('prod').reservedConcurrency);
    expect(functionOf(serving, 'trends').ReservedConcurrentExecutions).toBe(1);
    serving.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      ProvisionedPollerConfig: { MinimumPollers: 4, MaximumPollers: 80 },
      MaximumBatchingWindowInSeconds: 1,
    });
  });

  test('dev reserves nothing, so that it fits an account with ten in all', () => {
    const { serving } = synthesize(stageConfig('dev')).templates;
    for (const name of FUNCTION_NAMES) {
      expect(functionOf(serving, name).ReservedConcurrentExecutions).toBeUndefined();
    }
    serving.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency: 4 } });
  });
});

describe('the API', { timeout: 60_000 }, () => {
  test('with iam is reached by signed requests only', () => {
    const { serving } = synthesize(stageConfig('prod')).templates;
    serving.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'AWS_IAM', Qualifier: 'live' });
    serving.resourceCountIs('AWS::Lambda::Permission', 0);
  });

  test('with jwt is reached by anybody, by its URL only, and looks at the token itself', () => {
    const { serving } = synthesize(jwtStage).templates;
    serving.hasResourceProperties('AWS::Lambda::Url', { AuthType: 'NONE' });
    const permissions = found<Record<string, unknown>>(serving, 'AWS::Lambda::Permission').map(
      ([, properties]) => properties,
    );
    expect(permissions.map(({ Action }) => Action).sort()).toEqual([
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
    ]);
    for (const permission of permissions) {
      expect(permission['FunctionUrlAuthType'] ?? permission['InvokedViaFunctionUrl']).toBeDefined();
    }
    expect(functionOf(serving, 'api').Environment.Variables).toMatchObject({
      TAGWRIGHT_AUTH: 'jwt',
      TAGWRIGHT_JWT_ISSUER: 'https://issuer.example.org/',
      TAGWRIGHT_JWT_AUDIENCE: 'tagwright',
    });
  });

  test('behind an edge lets in the addresses that the stage names, and caches nothing', () => {
    const { serving } = synthesize(fullStage).templates;
    serving.hasResourceProperties('AWS::WAFv2::WebACL', {
      Scope: 'CLOUDFRONT',
      DefaultAction: { Block: {} },
      Rules: Match.arrayWith([
        Match.objectLike({ Statement: { RateBasedStatement: { Limit: 1_000, AggregateKeyType: 'IP' } } }),
        Match.objectLike({ Name: 'allowed-addresses', Action: { Allow: {} } }),
      ]),
    });
    serving.hasResourceProperties('AWS::WAFv2::IPSet', { Addresses: ['192.0.2.0/24'] });
    serving.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: { OriginAccessControlOriginType: 'lambda', SigningBehavior: 'always' },
    });
    serving.hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: { DefaultCacheBehavior: { ViewerProtocolPolicy: 'https-only' }, WebACLId: Match.anyValue() },
    });
    const permissions = found<Record<string, unknown>>(serving, 'AWS::Lambda::Permission').map(
      ([, properties]) => properties,
    );
    expect(new Set(permissions.map(({ Principal }) => Principal))).toEqual(new Set(['cloudfront.amazonaws.com']));
    expect(permissions.map(({ Action }) => Action).sort()).toEqual([
      'lambda:InvokeFunction',
      'lambda:InvokeFunctionUrl',
    ]);
  });
});
