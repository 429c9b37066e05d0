import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { z } from 'zod';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { FunctionLog } from './function-log.ts';
import type { FunctionMetrics } from './function-metrics.ts';

export interface SqsEventsDeps<T> {
  /** What EventBridge puts into a message's body. */
  readonly schema: z.ZodType<T>;
  readonly handle: (event: T) => Promise<void>;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/**
 * A function behind the queue of an EventBridge rule: each event is handled for itself, in turn, and one that fails comes
 * again. An event that cannot be read never will be, and ends in the dead-letter queue, where somebody sees it.
 */
export function createSqsEventsLambda<T>(deps: SqsEventsDeps<T>): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { schema, handle, log, metrics } = deps;
  return async ({ Records: records }) => {
    const failed: string[] = [];
    for (const { messageId, body } of records) {
      try {
        await handle(readEvent(schema, body));
      } catch (error) {
        log.error('an event comes again', error);
        failed.push(messageId);
      }
    }
    metrics.add(FUNCTION_METRICS.messagesFailed, failed.length);
    metrics.publish();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function readEvent<T>(schema: z.ZodType<T>, body: string): T {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new NerError('E_QUEUE_MESSAGE', 'event: not JSON; expected an event of EventBridge.', { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map(({ path }) => path.join('.')).join(', ');
  throw new NerError('E_QUEUE_MESSAGE', `event: not what the rule sends, wrong at '${where}'; expected its schema.`);
}
