import { readFileSync } from 'node:fs';
import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { FUNCTION_METRICS, METRICS_NAMESPACE } from '../../shared/contracts/function-metrics.ts';
import { FUNCTION_NAMES, stageConfig } from '../../infra/stages.ts';
import { fullStage } from '../support/infra/stage-variants.ts';
import { synthesize } from '../support/infra/synthesized-stage.ts';

interface AlarmProperties {
  readonly AlarmDescription: string;
  readonly AlarmActions?: readonly unknown[];
  readonly OKActions?: readonly unknown[];
  readonly MetricName?: string;
  readonly Namespace?: string;
  readonly Dimensions?: readonly { readonly Name: string; readonly Value: unknown }[];
  readonly Threshold: number;
  readonly TreatMissingData: string;
}

const alarms = (): AlarmProperties[] =>
  Object.values(
    synthesize(stageConfig('prod')).templates.watch.findResources('AWS::CloudWatch::Alarm') as Record<
      string,
      { Properties: AlarmProperties }
    >,
  ).map(({ Properties }) => Properties);

const count = (metric: string): number => alarms().filter(({ MetricName }) => MetricName === metric).length;

describe('alarms', { timeout: 60_000 }, () => {
  test('there is one for each queue, function and end of the loop', () => {
    // Dead letters and age of the oldest message of four queues; errors and throttles of six functions.
    expect(count('ApproximateNumberOfMessagesVisible')).toBe(4);
    expect(count('ApproximateAgeOfOldestMessage')).toBe(4);
    expect(count('Errors')).toBe(FUNCTION_NAMES.length);
    expect(count('Throttles')).toBe(FUNCTION_NAMES.length);
    expect(count(FUNCTION_METRICS.modelSwapFailed)).toBe(2);
    expect(count('TriggeredRules')).toBe(2);
  });

  test('a single dead letter is enough', () => {
    const dead = alarms().filter(({ MetricName }) => MetricName === 'ApproximateNumberOfMessagesVisible');
    expect(dead.map(({ Threshold }) => Threshold)).toEqual([0, 0, 0, 0]);
  });

  test('the figures of functions are asked for as the functions report them', () => {
    const own = alarms().filter(({ Namespace }) => Namespace === METRICS_NAMESPACE);
    expect(own.map(({ Dimensions }) => Dimensions)).toEqual(
      expect.arrayContaining([
        expect.arrayContaining([
          { Name: 'service', Value: 'tagger' },
          { Name: 'stage', Value: 'prod' },
        ]),
      ]),
    );
  });

  test('each tells somebody when it begins and when it ends', () => {
    for (const { AlarmActions = [], OKActions = [], TreatMissingData } of alarms()) {
      expect([AlarmActions.length, OKActions.length, TreatMissingData]).toEqual([1, 1, 'notBreaching']);
    }
  });

  test('each links to a runbook that is there', () => {
    const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');
    const anchors = [...page.matchAll(/^#+ (.*)$/gm)].map(([, heading]) => heading!.toLowerCase().replaceAll(' ', '-'));
    const links = alarms().map(
      ({ AlarmDescription }) => /Runbook: docs\/operations\.md#([a-z-]+)$/.exec(AlarmDescription)?.[1],
    );
    expect(links.filter((anchor) => anchor === undefined || !anchors.includes(anchor))).toEqual([]);
  });
});

describe('who is told', { timeout: 60_000 }, () => {
  test('the topic is encrypted, takes TLS only, and mails who the stage names', () => {
    const { watch } = synthesize(fullStage).templates;
    watch.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.anyValue() });
    watch.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
    watch.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint: 'operator@example.org' });
  });

  test('a failed or stopped job and a refusal are told with their reason', () => {
    const { watch } = synthesize(stageConfig('prod')).templates;
    watch.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: {
        detail: { TrainingJobName: [{ prefix: 'tagwright-prod-' }], TrainingJobStatus: ['Failed', 'Stopped'] },
      },
    });
    watch.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.anyValue(),
      EventPattern: { source: ['tagwright'], 'detail-type': ['Model Refused', 'Dataset Refused'] },
      Targets: [
        Match.objectLike({
          InputTransformer: Match.objectLike({
            InputPathsMap: { 'detail-reason': '$.detail.reason', 'detail-type': '$.detail-type' },
          }),
        }),
      ],
    });
  });

  test('a budget tells at 80 % of its limit and when it is expected to be passed', () => {
    const { watch } = synthesize(fullStage).templates;
    watch.hasResourceProperties('AWS::Budgets::Budget', {
      Budget: { BudgetLimit: { Amount: 2_000, Unit: 'USD' }, TimeUnit: 'MONTHLY' },
      NotificationsWithSubscribers: [
        {
          Notification: Match.objectLike({ NotificationType: 'ACTUAL', Threshold: 80 }),
          Subscribers: Match.anyValue(),
        },
        {
          Notification: Match.objectLike({ NotificationType: 'FORECASTED', Threshold: 100 }),
          Subscribers: Match.anyValue(),
        },
      ],
    });
    synthesize(stageConfig('dev')).templates.watch.resourceCountIs('AWS::Budgets::Budget', 0);
  });

  test('the dashboard is there', () => {
    synthesize(stageConfig('prod')).templates.watch.resourceCountIs('AWS::CloudWatch::Dashboard', 1);
  });
});
