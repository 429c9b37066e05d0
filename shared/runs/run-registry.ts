import { RUNS_PREFIX, runRecordSchema, type RunRecord } from '../contracts/run.ts';
import { canonicalJson } from '../model/canonical-json.ts';
import { sha256Hex } from '../model/sha256.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';

/** A record before it is known by its content. */
export type RunDraft = Omit<RunRecord, 'format' | 'formatVersion' | 'id'>;

export interface DamagedRun {
  readonly key: string;
  readonly reason: string;
}

export interface RunRegistry {
  /** Keeps a record, under an id that follows from it. */
  add(draft: RunDraft): Promise<RunRecord>;
  /** All records, the newest first, and what lies among them that is none. */
  list(): Promise<{ readonly runs: readonly RunRecord[]; readonly damaged: readonly DamagedRun[] }>;
  /**
   * The record whose id begins so.
   *
   * @throws {E_USAGE} there is none, or there are several
   * @throws {E_RESULT_DAMAGED} what lies there is no record
   */
  find(prefix: string): Promise<RunRecord>;
}

export function createRunRegistry(store: ObjectStore): RunRegistry {
  return {
    add: async (draft) => {
      const record = withId(draft);
      await store.put(keyOf(record.id), Buffer.from(`${canonicalJson(record, 2)}\n`));
      return record;
    },
    list: async () => {
      const runs: RunRecord[] = [];
      const damaged: DamagedRun[] = [];
      for await (const key of store.keys(RUNS_PREFIX)) {
        const found = await read(store, key);
        if (found === undefined) continue;
        if (typeof found === 'string') damaged.push({ key, reason: found });
        else runs.push(found);
      }
      return { runs: runs.sort(newestFirst), damaged };
    },
    find: async (prefix) => {
      const keys: string[] = [];
      for await (const key of store.keys(RUNS_PREFIX)) if (nameOf(key).startsWith(prefix)) keys.push(key);
      if (prefix === '' || keys.length !== 1) throw notOne(prefix, keys.map(nameOf));
      const found = await read(store, keys[0]!);
      if (typeof found === 'object') return found;
      throw new NerError(
        'E_RESULT_DAMAGED',
        `${keys[0]!}: it is no record of a run: ${found ?? 'it is gone'}; expected what training wrote. Remove the file, or restore it from a backup.`,
      );
    },
  };
}

/** The record, or why it is none; undefined when it went away meanwhile. */
async function read(store: ObjectStore, key: string): Promise<RunRecord | string | undefined> {
  const found = await store.get(key);
  if (found === undefined) return undefined;
  let json: unknown;
  try {
    json = JSON.parse(Buffer.from(found.body).toString('utf8'));
  } catch {
    return 'it is not JSON';
  }
  const { success, data, error } = runRecordSchema.safeParse(json);
  if (!success) {
    const { path, message } = error.issues[0]!;
    return `${path.length === 0 ? 'it' : path.map(String).join('.')}: ${message}`;
  }
  const { id, ...content } = data;
  return keyOf(id) === key && idOf(content) === id ? data : 'its content is not what its id says; it was changed';
}

function withId(draft: RunDraft): RunRecord {
  const content = { format: 'tagwright-run', formatVersion: 1, ...draft } as const;
  return { ...content, id: idOf(content) };
}

function idOf(content: Omit<RunRecord, 'id'>): string {
  return sha256Hex(canonicalJson(content)).slice(0, 16);
}

function keyOf(id: string): string {
  return `${RUNS_PREFIX}${id}.json`;
}

/** What stands in a key where the id should be. */
function nameOf(key: string): string {
  return key.slice(RUNS_PREFIX.length).replace(/\.json$/, '');
}

function newestFirst(a: RunRecord, b: RunRecord): number {
  return Date.parse(b.startedAt) - Date.parse(a.startedAt) || (a.id < b.id ? -1 : 1);
}

/** Ids of a message. */
const SHOWN = 5;

function notOne(prefix: string, ids: readonly string[]): NerError {
  const what = ids.length === 0 ? 'there is no such run' : `there are ${ids.length} such runs`;
  const which =
    ids.length === 0 || prefix === '' ? '' : ` (${ids.slice(0, SHOWN).join(', ')}${ids.length > SHOWN ? ', ...' : ''})`;
  return new NerError(
    'E_USAGE',
    `runs: ${what}, got '${prefix}'${which}; expected an id, or its beginning as far as no other has it. 'tagwright runs' lists them.`,
  );
}
