import { Duration } from 'aws-cdk-lib';
import { Rule, type EventPattern } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Construct } from 'constructs';
import { WorkQueue } from './work-queue.ts';

export interface EventQueueProps {
  readonly description: string;
  /** Which events of the account's own bus. */
  readonly pattern: EventPattern;
  /** Of the function that works on them. */
  readonly timeout: Duration;
}

/**
 * Events that wait in a queue for their function: a bus would try for a day and then forget them, or call the function
 * again however busy it is.
 */
export class EventQueue extends Construct {
  readonly work: WorkQueue;

  constructor(scope: Construct, id: string, { description, pattern, timeout }: EventQueueProps) {
    super(scope, id);
    this.work = new WorkQueue(this, 'Work', { timeout, window: Duration.seconds(0) });
    const rule = new Rule(this, 'Rule', { description, eventPattern: pattern });
    // What the queue does not take lies where an operator looks, beside what the function could not do.
    rule.addTarget(new SqsQueue(this.work.queue, { deadLetterQueue: this.work.deadLetters }));
  }
}
