import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { createPackLedger } from '../../shared/ledger/pack-ledger.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { FunctionLog } from '../lambda/function-log.ts';
import type { FunctionMetrics } from '../lambda/function-metrics.ts';
import { codesOf, loggedError } from '../lambda/logged-error.ts';
import type { ServingModel } from '../lambda/serving-model.ts';
import { createTaggerHandler, type TaggerHandler, type TaggerMessage, type TaggerResult } from './handler.ts';
import { createInTimeHandler } from './in-time.ts';
import type { StoredPack } from './stored-pack.ts';
import { tellTrends } from './tell-trends.ts';

export interface TaggerLambdaDeps {
  readonly model: ServingModel;
  readonly store: ObjectStore;
  /** Of the trends; it is told of each pack at least once. */
  readonly trends: Pick<Queue, 'send'>;
  readonly clock: () => Date;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/** What the platform tells of an invocation. */
export interface Deadline {
  getRemainingTimeInMillis(): number;
}

/**
 * The tagging function behind SQS. All tweets of an invocation go through one run of the model, and each message is answered
 * for itself: those that failed come again, and after MAX_RECEIVE_COUNT times go to the dead-letter queue.
 */
export function createTaggerLambda(
  deps: TaggerLambdaDeps,
): (event: SQSEvent, context: Deadline) => Promise<SQSBatchResponse> {
  const { model, log, metrics } = deps;
  const inTime = createInTimeHandler({ handler: tellingHandler(deps), now: () => performance.now() });
  return async ({ Records: records }, context) => {
    await model.refresh();
    const messages = records.map((record): TaggerMessage => {
      return { id: record.messageId, body: record.body, sentAt: new Date(Number(record.attributes.SentTimestamp)) };
    });
    const result = await inTime.handle(messages, () => context.getRemainingTimeInMillis());
    count(metrics, result);
    if (result.failed.length > 0) {
      const codes = codesOf(result.reasons.values()).join(' ');
      log.warn('messages come again', { messages: result.failed.length, of: messages.length, codes });
    }
    metrics.publish();
    return { batchItemFailures: result.failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

/** The handler, whose messages are done only when the trends know of what was stored. */
function tellingHandler({ model, store, trends, clock, log }: TaggerLambdaDeps): TaggerHandler {
  const ledger = createPackLedger();
  return {
    handle: async (messages) => {
      const stored: StoredPack[] = [];
      const onStored = async (pack: StoredPack): Promise<void> => void stored.push(pack);
      const result = await createTaggerHandler({ tagger: model, store, ledger, clock, onStored }).handle(messages);
      try {
        await tellTrends(trends, stored);
        return result;
      } catch (error) {
        log.error('the trends could not be told', error);
        return failedAll(messages, result, `${loggedError(error).code}: the trends could not be told`);
      }
    },
  };
}

/** Told again, they find their results. */
function failedAll(messages: readonly TaggerMessage[], result: TaggerResult, reason: string): TaggerResult {
  const reasons = new Map(messages.map(({ id }) => [id, result.reasons.get(id) ?? reason]));
  return { ...result, failed: [...reasons.keys()], reasons };
}

function count(metrics: FunctionMetrics, { tagged, duplicates, quarantined, failed }: TaggerResult): void {
  metrics.add(FUNCTION_METRICS.tweetsTagged, tagged);
  metrics.add(FUNCTION_METRICS.tweetsDuplicate, duplicates);
  metrics.add(FUNCTION_METRICS.tweetsQuarantined, quarantined);
  metrics.add(FUNCTION_METRICS.messagesFailed, failed.length);
}
