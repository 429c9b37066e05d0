import { AlarmStatusWidget, Dashboard, GraphWidget, type IMetric, type IWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import type { ServingStack } from '../stacks/serving.ts';
import { FUNCTION_NAMES, type StageConfig } from '../stages.ts';
import { functionMetric, type Alarms } from './alarms.ts';

export interface OverviewProps {
  readonly stage: StageConfig;
  readonly serving: ServingStack;
  readonly alarms: Alarms;
}

/** The dashboard: what is wrong first, then tweets, queues and functions. */
export class Overview extends Construct {
  constructor(scope: Construct, id: string, { stage, serving, alarms }: OverviewProps) {
    super(scope, id);
    const { functions, queues } = serving;
    const figure = (name: 'tagger' | 'api', metric: keyof typeof FUNCTION_METRICS): IMetric =>
      functionMetric(stage, name, FUNCTION_METRICS[metric]);
    new Dashboard(this, 'Resource', {
      widgets: [
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms.all], width: 24, height: 5 })],
        [
          graph('Tweets', [
            figure('api', 'tweetsAccepted'),
            figure('tagger', 'tweetsTagged'),
            figure('tagger', 'tweetsDuplicate'),
            figure('tagger', 'tweetsQuarantined'),
          ]),
          graph('Models', [figure('tagger', 'modelSwapped'), figure('tagger', 'modelSwapFailed')]),
        ],
        [
          graph('Messages waiting', Object.values(queues).map(({ queue }) => queue.metricApproximateNumberOfMessagesVisible())),
          graph('Oldest message, seconds', Object.values(queues).map(({ queue }) => queue.metricApproximateAgeOfOldestMessage())),
          graph('Dead letters', Object.values(queues).map(({ deadLetters }) => deadLetters.metricApproximateNumberOfMessagesVisible())),
        ],
        [
          graph('Invocations', FUNCTION_NAMES.map((name) => functions[name].function.metricInvocations())),
          graph('Duration, milliseconds', FUNCTION_NAMES.map((name) => functions[name].function.metricDuration({ statistic: 'p95' }))),
          graph('Errors and throttles', FUNCTION_NAMES.flatMap((name) => [functions[name].function.metricErrors(), functions[name].function.metricThrottles()])),
        ],
      ],
    });
  }
}

function graph(title: string, left: readonly IMetric[]): IWidget {
  return new GraphWidget({ title, left: [...left], width: 8, height: 6 });
}
