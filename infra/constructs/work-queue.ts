import { Duration } from 'aws-cdk-lib';
import { Queue, QueueEncryption, RedrivePermission } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { MAX_RECEIVE_COUNT } from '../../shared/contracts/limits.ts';
import { acknowledge } from './written-reasons.ts';

/** Lambda's advice: room for a throttled batch to be tried again before others see it. */
const VISIBILITY_TIMEOUTS = 6;

export interface WorkQueueProps {
  /** Of the function that works on it. */
  readonly timeout: Duration;
  /** How long messages are gathered before it is called. */
  readonly window: Duration;
}

/** A queue with its dead-letter queue. What could not be done is kept for 14 days, the most there is. */
export class WorkQueue extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly window: Duration;

  constructor(scope: Construct, id: string, { timeout, window }: WorkQueueProps) {
    super(scope, id);
    this.window = window;
    // Encrypted by the service's own key: its events and rules may use it, and it costs nothing by the message.
    const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    this.deadLetters = new Queue(this, 'DeadLetters', {
      ...common,
      retentionPeriod: Duration.days(14),
      redriveAllowPolicy: { redrivePermission: RedrivePermission.ALLOW_ALL },
    });
    acknowledge(this.deadLetters, 'Serverless-SQSRedrivePolicy', 'It is the dead-letter queue.');
    this.queue = new Queue(this, 'Queue', {
      ...common,
      retentionPeriod: Duration.days(7),
      visibilityTimeout: Duration.seconds(VISIBILITY_TIMEOUTS * timeout.toSeconds() + window.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    });
  }
}
