import { PREFIXES } from '../../shared/contracts/layout.ts';
import { decisionSchema, type Decision } from '../../shared/contracts/promotion.ts';
import { canonicalJson } from '../../shared/model/canonical-json.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';

/** A decision, and the ETag by which it can be replaced. */
export interface StoredDecision {
  readonly decision: Decision;
  readonly etag: string;
}

/** What was decided about jobs: written once each, and replaced only from `awaiting approval` on. */
export interface Decisions {
  /** @throws {E_RESULT_DAMAGED} what lies there is no decision about this job */
  read(job: string): Promise<StoredDecision | undefined>;
  /** Writes the first decision about a job, and gives the one that stands: somebody else may have been first. */
  write(decision: Decision): Promise<Decision>;
  /** @throws {E_STORE_CONFLICT} it was replaced meanwhile */
  replace(before: StoredDecision, decision: Decision): Promise<Decision>;
  /** All of them, the newest first. @throws {E_RESULT_DAMAGED} */
  list(): Promise<readonly Decision[]>;
}

export function createDecisions(store: ObjectStore): Decisions {
  const read = async (job: string): Promise<StoredDecision | undefined> => {
    const key = decisionKey(job);
    const found = await store.get(key);
    if (found === undefined) return undefined;
    const decision = parse(found.body);
    if (decision?.job === job) return { decision, etag: found.etag };
    throw new NerError(
      'E_RESULT_DAMAGED',
      `${key}: it is no decision about this job, got ${found.sizeBytes} bytes; expected what the promote function wrote. ` +
        'Restore it from a backup, or remove it: the job is then decided anew when its event comes again.',
    );
  };
  return {
    read,
    write: async (decision) => {
      try {
        await store.put(decisionKey(decision.job), bytesOf(decision), { ifNoneMatch: '*' });
        return decision;
      } catch (error) {
        if (!(error instanceof NerError && error.code === 'E_STORE_CONFLICT')) throw error;
        return (await read(decision.job))?.decision ?? decision;
      }
    },
    replace: async ({ etag }, decision) => {
      await store.put(decisionKey(decision.job), bytesOf(decision), { ifMatch: etag });
      return decision;
    },
    list: async () => {
      const decisions: Decision[] = [];
      for await (const key of store.keys(PREFIXES.decisions)) {
        const job = key.slice(PREFIXES.decisions.length, -'.json'.length);
        const found = await read(job);
        if (found !== undefined) decisions.push(found.decision);
      }
      return decisions.sort((a, b) => Date.parse(b.decidedAt) - Date.parse(a.decidedAt) || (a.job < b.job ? -1 : 1));
    },
  };
}

function decisionKey(job: string): string {
  return `${PREFIXES.decisions}${job}.json`;
}

function bytesOf(decision: Decision): Uint8Array {
  return new TextEncoder().encode(`${canonicalJson(decision, 2)}\n`);
}

function parse(body: Uint8Array): Decision | undefined {
  try {
    return decisionSchema.safeParse(JSON.parse(Buffer.from(body).toString())).data;
  } catch {
    return undefined;
  }
}
