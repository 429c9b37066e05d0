import type { z } from 'zod';
import {
  type BackfillRunRecord,
  backfillRunRecordSchema,
  backfillRunSchema,
  type BackfillSwap,
  backfillSwapSchema,
} from '../../shared/contracts/backfill.ts';
import { PREFIXES } from '../../shared/contracts/layout.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { putOnce } from './put-once.ts';

/** What the keys of everything of a run begin with. @throws {E_BACKFILL_RUN} when the name is none */
export function runPrefix(run: string): string {
  if (backfillRunSchema.safeParse(run).success) return `${PREFIXES.backfill}${run}/`;
  const expected = "up to 63 of a-z 0-9 with single - or _ between them, and not 'results'";
  throw new NerError('E_BACKFILL_RUN', `backfill: not a run's name, got '${run.slice(0, 100)}'; expected ${expected}.`);
}

export interface OpenRunOptions {
  readonly run: string;
  /** The model that tags a run that begins now. */
  readonly modelId: () => Promise<string>;
  readonly clock: () => Date;
}

/**
 * The run as whoever began it has written it down, and written down now if nobody has: one model and one time for all of it,
 * so that a part that is done again is the same part.
 *
 * @throws {E_BACKFILL_RUN} it is being swapped in, or was
 */
export async function openRun(store: ObjectStore, { run, modelId, clock }: OpenRunOptions): Promise<BackfillRunRecord> {
  if ((await readSwap(store, run)) !== undefined) {
    throw new NerError(
      'E_BACKFILL_RUN',
      `backfill: run ${run} takes no more inputs, it is being swapped in or was; expected an open run. Begin one by another name.`,
    );
  }
  const known = await readRun(store, run);
  if (known !== undefined) return known;
  const startedAt = clock().toISOString();
  const format = { format: 'tagwright-backfill', formatVersion: 1 } as const;
  const record: BackfillRunRecord = { ...format, run, modelId: await modelId(), startedAt };
  if (await putOnce(store, `${runPrefix(run)}run.json`, Buffer.from(JSON.stringify(record)))) return record;
  return (await readRun(store, run))!;
}

export function readRun(store: ObjectStore, run: string): Promise<BackfillRunRecord | undefined> {
  return read(store, `${runPrefix(run)}run.json`, backfillRunRecordSchema);
}

export function readSwap(store: ObjectStore, run: string): Promise<BackfillSwap | undefined> {
  return read(store, `${runPrefix(run)}swap.json`, backfillSwapSchema);
}

async function read<T>(store: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const object = await store.get(key);
  if (object === undefined) return undefined;
  try {
    return schema.parse(JSON.parse(Buffer.from(object.body).toString('utf8')));
  } catch (cause) {
    throw new NerError(
      'E_BACKFILL_RUN',
      `${key}: backfill: the object is not as it was written; expected its schema. Begin another run.`,
      { cause },
    );
  }
}
