import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { basename } from 'node:path';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { type TrendMessage, trendMessageSchema } from '../../shared/contracts/trend-message.ts';
import { readNdjsonResults } from '../../shared/results/ndjson-results.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { CountedPack } from '../../shared/trends/trend-store.ts';
import type { FunctionLog } from '../lambda/function-log.ts';
import type { FunctionMetrics } from '../lambda/function-metrics.ts';
import type { StoredTrends } from './stored-trends.ts';

export interface TrendsLambdaDeps {
  readonly store: ObjectStore;
  readonly trends: Pick<StoredTrends, 'change'>;
  readonly clock: () => Date;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/** How often spellings that belong together are looked for. */
const VARIANTS_INTERVAL_MS = 5 * 60_000;

/**
 * The function that counts stored packs. All packs of an invocation are counted in one change of the trends' file, which is
 * in the store before the messages are done; when that fails, all of them come again, and what was counted counts nothing.
 * A message that names no packs fails alone, and ends in the dead-letter queue.
 */
export function createTrendsLambda(deps: TrendsLambdaDeps): (event: SQSEvent) => Promise<SQSBatchResponse> {
  const { trends, clock, log, metrics } = deps;
  let lookedAt = clock().getTime();
  return async ({ Records: records }) => {
    const failed: string[] = [];
    const named: TrendMessage['packs'] = [];
    const readable: string[] = [];
    for (const { messageId, body } of records) {
      const message = readMessage(body);
      if (message === undefined) failed.push(messageId);
      else {
        named.push(...message.packs);
        readable.push(messageId);
      }
    }
    try {
      const packs = await readPacks(deps.store, named);
      const counted = await trends.change((store) => {
        const isNew = store.addAll(packs).filter(Boolean).length;
        if (isNew > 0 && clock().getTime() - lookedAt >= VARIANTS_INTERVAL_MS) {
          lookedAt = clock().getTime();
          store.findVariants();
        }
        return { value: isNew, isChanged: isNew > 0 };
      });
      metrics.add(FUNCTION_METRICS.packsCounted, counted);
    } catch (error) {
      log.error('packs could not be counted', error, { packs: named.length });
      failed.push(...readable);
    }
    if (failed.length > 0) log.warn('messages come again', { messages: failed.length, of: records.length });
    metrics.add(FUNCTION_METRICS.messagesFailed, failed.length);
    metrics.publish();
    return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
  };
}

function readMessage(body: string): TrendMessage | undefined {
  try {
    return trendMessageSchema.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}

/** Each pack once. One whose object has gone (retention, compaction) has nothing left to count. */
async function readPacks(store: ObjectStore, named: TrendMessage['packs']): Promise<readonly CountedPack[]> {
  const byKey = new Map(named.map((pack) => [pack.key, pack]));
  const packs = await Promise.all(
    [...byKey.values()].map(async ({ key, receivedAt }): Promise<CountedPack | undefined> => {
      const object = await store.get(key);
      if (object === undefined) return undefined;
      const packId = basename(key, '.ndjson');
      return { packId, receivedAt: new Date(receivedAt), records: readNdjsonResults(key, object.body).records };
    }),
  );
  return packs.filter((pack) => pack !== undefined);
}
