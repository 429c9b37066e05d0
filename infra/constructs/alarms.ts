import { Duration } from 'aws-cdk-lib';
import { Metric, Stats, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import type { Rule } from 'aws-cdk-lib/aws-events';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { FUNCTION_METRICS, METRICS_NAMESPACE, type FunctionMetric } from '../../shared/contracts/function-metrics.ts';
import type { ServingStack } from '../stacks/serving.ts';
import { FUNCTION_NAMES, type FunctionName, type StageConfig } from '../stages.ts';
import { RunbookAlarm } from './runbook-alarm.ts';

export interface AlarmsProps {
  readonly stage: StageConfig;
  readonly serving: ServingStack;
  /** Events that somebody should look at. */
  readonly notices: Readonly<Record<'jobFailed' | 'refused', Rule>>;
  readonly topic: ITopic;
}

/** What an operator is woken for. docs/operations.md has a runbook for each. */
export class Alarms extends Construct {
  readonly all: readonly RunbookAlarm[];

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const { topic } = props;
    this.all = [
      ...queueAlarms(props),
      ...functionAlarms(props),
      ...loopAlarms(props),
    ].map(({ name, ...alarm }) => new RunbookAlarm(this, name, { ...alarm, topic }));
  }
}

interface AlarmSpec {
  readonly name: string;
  readonly metric: IMetric;
  readonly above: number;
  readonly periods?: number;
  readonly summary: string;
  readonly runbook: string;
}

const period = Duration.minutes(1);

function queueAlarms({ stage, serving }: AlarmsProps): AlarmSpec[] {
  const oldest = stage.watch.oldestMessageMinutes;
  return Object.entries(serving.queues).flatMap(([name, { queue, deadLetters }]): AlarmSpec[] => [
    {
      name: `${name}-dead-letters`,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period, statistic: Stats.MAXIMUM }),
      above: 0,
      summary: `Messages of ${name} failed so often that they were set aside.`,
      runbook: 'dead-letters',
    },
    {
      name: `${name}-oldest-message`,
      metric: queue.metricApproximateAgeOfOldestMessage({ period, statistic: Stats.MAXIMUM }),
      // Training events wait for a function that may work for a quarter of an hour.
      above: 60 * (name === 'uploads' || name === 'endedJobs' ? Math.max(oldest, 60) : oldest),
      periods: 3,
      summary: `Messages of ${name} are not worked on in time.`,
      runbook: 'oldest-message',
    },
  ]);
}

function functionAlarms({ serving }: AlarmsProps): AlarmSpec[] {
  return FUNCTION_NAMES.flatMap((name): AlarmSpec[] => {
    const target = serving.functions[name].function;
    return [
      {
        name: `${name}-errors`,
        metric: target.metricErrors({ period: Duration.minutes(5), statistic: Stats.SUM }),
        above: 0,
        periods: 2,
        summary: `The function ${name} ends in errors.`,
        runbook: 'function-errors',
      },
      {
        name: `${name}-throttles`,
        metric: target.metricThrottles({ period: Duration.minutes(5), statistic: Stats.SUM }),
        above: 0,
        periods: 3,
        summary: `The function ${name} is called more often than its concurrency allows.`,
        runbook: 'throttles',
      },
    ];
  });
}

function loopAlarms({ stage, notices }: AlarmsProps): AlarmSpec[] {
  const swapFailed = (['tagger', 'api'] as const).map((name): AlarmSpec => ({
    name: `${name}-model-swap-failed`,
    metric: functionMetric(stage, name, FUNCTION_METRICS.modelSwapFailed),
    above: 0,
    summary: `The function ${name} refused the current model and goes on with another.`,
    runbook: 'model-swap-failed',
  }));
  return [
    ...swapFailed,
    {
      name: 'job-failed',
      metric: ruleMetric(notices.jobFailed),
      above: 0,
      summary: 'A training job has failed or was stopped.',
      runbook: 'training-job-failed',
    },
    {
      name: 'refused',
      metric: ruleMetric(notices.refused),
      above: 0,
      summary: 'A model or a dataset was refused.',
      runbook: 'model-or-dataset-refused',
    },
  ];
}

/** A figure that a function of this stage reports. */
export function functionMetric(stage: StageConfig, service: FunctionName, metricName: FunctionMetric): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service, stage: stage.name },
    statistic: Stats.SUM,
    period: Duration.minutes(5),
  });
}

/** How often a rule's pattern has matched. */
function ruleMetric(rule: Rule): Metric {
  return new Metric({
    namespace: 'AWS/Events',
    metricName: 'TriggeredRules',
    dimensionsMap: { RuleName: rule.ruleName },
    statistic: Stats.SUM,
    period: Duration.minutes(5),
  });
}
