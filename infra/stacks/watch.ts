import { Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { AlarmTopic } from '../constructs/alarm-topic.ts';
import { Alarms } from '../constructs/alarms.ts';
import { Budget } from '../constructs/budget.ts';
import { Notices } from '../constructs/notices.ts';
import { Overview } from '../constructs/overview.ts';
import type { StageConfig } from '../stages.ts';
import type { ServingStack } from './serving.ts';

export interface WatchStackProps extends StackProps {
  readonly stage: StageConfig;
  readonly serving: ServingStack;
}

/** What an operator sees and is told of. */
export class WatchStack extends Stack {
  constructor(scope: Construct, id: string, { stage, serving, ...props }: WatchStackProps) {
    super(scope, id, props);
    const { topic } = new AlarmTopic(this, 'AlarmTopic', { email: stage.watch.email });
    const notices = new Notices(this, 'Notices', { stage, bus: serving.bus, topic });
    const alarms = new Alarms(this, 'Alarms', { stage, serving, notices, topic });
    new Overview(this, 'Overview', { stage, serving, alarms });
    if (stage.watch.budget !== undefined) new Budget(this, 'Budget', { ...stage.watch.budget, topic });
  }
}
