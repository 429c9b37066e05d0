import { type BackfillCounts, backfillEventSchema } from '../../shared/contracts/backfill.ts';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { FunctionLog } from '../lambda/function-log.ts';
import type { FunctionMetrics } from '../lambda/function-metrics.ts';
import type { Tagger } from '../tagger/tagger.ts';
import { type BackfillInput, storeInput } from './backfill-input.ts';
import { openRun, runPrefix } from './backfill-run.ts';
import { createBackfillHandler } from './handler.ts';

export interface BackfillLambdaDeps {
  readonly store: ObjectStore;
  readonly registry: Pick<Registry, 'current'>;
  /** The published model of that id, verified; kept for the next call. */
  readonly taggerOf: (modelId: string) => Promise<Tagger>;
  readonly clock: () => Date;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/**
 * The function that a child of the backfill's map calls: a few objects of a run's inputs. What fails is called again by the
 * platform, and goes on where it was.
 */
export function createBackfillLambda(deps: BackfillLambdaDeps): (event: unknown) => Promise<BackfillCounts> {
  const { store, registry, taggerOf, clock, log, metrics } = deps;
  return async (event) => {
    try {
      const { BatchInput: batch, Items: items } = readEvent(event);
      const current = async (): Promise<string> => currentModel(await registry.current());
      const record = await openRun(store, { run: batch.run, modelId: current, clock });
      const tagger = await taggerOf(record.modelId);
      // What a console shows as a folder may be an object without content.
      const keys = items.map(({ Key }) => Key).filter((key) => !key.endsWith('/'));
      const counts = await createBackfillHandler({ record, tagger, store, clock }).handle(
        await inputsOf(store, keys, `${runPrefix(record.run)}input/`),
      );
      metrics.add(FUNCTION_METRICS.tweetsTagged, counts.tagged);
      metrics.add(FUNCTION_METRICS.tweetsQuarantined, counts.quarantined);
      log.info('inputs are tagged', { run: record.run, modelId: record.modelId, ...counts });
      return counts;
    } catch (error) {
      log.error('inputs are not done', error);
      throw error;
    } finally {
      metrics.publish();
    }
  };
}

function readEvent(event: unknown): ReturnType<typeof backfillEventSchema.parse> {
  const parsed = backfillEventSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new NerError(
    'E_BACKFILL_RUN',
    `backfill: not a call of its state machine, wrong at '${path.join('.')}' (${message}); expected a run and objects under its input/.`,
  );
}

async function inputsOf(
  store: ObjectStore,
  keys: readonly string[],
  prefix: string,
): Promise<readonly BackfillInput[]> {
  const found = await Promise.all(keys.map((key) => store.head(key)));
  // What was removed since it was listed is named as any input that cannot be read.
  return keys.map((key, i) => storeInput(store, found[i] ?? { key, sizeBytes: 1, etag: 'none' }, prefix));
}

function currentModel(current: Awaited<ReturnType<Registry['current']>>): string {
  if (current !== undefined) return current.pointer.modelId;
  throw new NerError('E_NOT_READY', 'backfill: no model was ever promoted; expected one. Promote one first.');
}
