import { Alarm, ComparisonOperator, TreatMissingData, type IMetric } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

export interface RunbookAlarmProps {
  readonly metric: IMetric;
  /** The alarm is on when the metric is above this. */
  readonly above: number;
  /** Periods in a row. @default 1 */
  readonly periods?: number;
  /** What has happened, for who is woken by it. */
  readonly summary: string;
  /** The heading of docs/operations.md that says what to do, as a link names it. */
  readonly runbook: string;
  readonly topic: ITopic;
}

/** An alarm that says where it is written what to do about it. */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, props: RunbookAlarmProps) {
    super(scope, id, {
      metric: props.metric,
      threshold: props.above,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: props.periods ?? 1,
      // Most of these are counts of something bad, which nobody reports the absence of.
      treatMissingData: TreatMissingData.NOT_BREACHING,
      alarmDescription: `${props.summary} Runbook: docs/operations.md#${props.runbook}`,
    });
    const action = new SnsAction(props.topic);
    this.addAlarmAction(action);
    this.addOkAction(action);
  }
}
