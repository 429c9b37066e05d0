import { defineCommand } from 'citty';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createIngest } from '../functions/ingest/ingest.ts';
import { replayQuarantine } from '../functions/local/replay.ts';
import { MAX_QUEUE_MESSAGES } from '../shared/contracts/limits.ts';
import { SqliteIdLedger } from '../shared/ledger/sqlite-id-ledger.ts';
import { createMetrics } from '../shared/metrics/metrics.ts';
import { NerError } from '../shared/ner-error.ts';
import { SqliteQueue } from '../shared/queue/sqlite-queue.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import { entryToMend, readMended } from '../shared/stream/mended-entry.ts';
import { matchesFilter, type QuarantineFilter, readQuarantine } from '../shared/stream/quarantined.ts';
import { stateFlag, stateFolder } from './state-folder.ts';
import { openTextOutput, print } from './text-output.ts';

const ACTIONS = ['list', 'show', 'replay'] as const;

export const quarantine = defineCommand({
  meta: { name: 'quarantine', description: 'List, show or replay what was refused' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description:
        'list (the default): counts by code and source; show: the entries, one a line, with reasons; replay: sends them through ingest again',
    },
    ...stateFlag,
    code: { type: 'string', valueHint: 'E_X', description: 'Only what was refused with this code' },
    since: {
      type: 'string',
      valueHint: 'ISO',
      description: 'Only what came in then or later: 2026-03-04 or 2026-03-04T05:06Z',
    },
    out: {
      type: 'string',
      valueHint: 'FILE',
      description: 'show: file to write the entries to; by default standard output',
    },
    input: {
      type: 'string',
      valueHint: 'FILE',
      description:
        'replay: entries as show wrote them and somebody mended them; by default what is in quarantine, as it came in',
    },
    json: { type: 'boolean', description: 'list, replay: print counts as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const action = ACTIONS.find((name) => name === (args.action ?? 'list'));
    if (action === undefined) throw usage(`unknown action '${args.action ?? ''}'; expected list, show or replay`);
    if (args.out !== undefined && action !== 'show') throw usage(`--out is for show, got ${action}`);
    if (args.input !== undefined && action !== 'replay') throw usage(`--input is for replay, got ${action}`);
    const filter = filterOf(args.code, args.since);
    const state = stateFolder('quarantine', args.state);
    const store = new FolderObjectStore({ root: join(state, 'store'), clock: () => new Date() });
    try {
      if (action === 'list') return await list(store, filter, args.json === true);
      if (action === 'show') return await show(store, filter, args.out);
      return await replay({ state, store }, filter, { input: args.input, json: args.json === true });
    } finally {
      store.close();
    }
  },
});

function usage(what: string): NerError {
  return new NerError('E_USAGE', `tagwright quarantine: ${what}.`);
}

function filterOf(code: string | undefined, since: string | undefined): QuarantineFilter {
  const from = since === undefined ? undefined : new Date(since);
  if (from !== undefined && Number.isNaN(from.getTime())) {
    throw usage(`--since: no time, got '${since}'; expected one such as 2026-03-04 or 2026-03-04T05:06Z`);
  }
  return { ...(code === undefined ? {} : { code }), ...(from === undefined ? {} : { since: from }) };
}

interface Kind {
  readonly code: string;
  readonly source: string;
  readonly entries: number;
  readonly first: string;
  readonly last: string;
  /** Of one of them. */
  readonly reason: string;
}

async function list(store: FolderObjectStore, filter: QuarantineFilter, json: boolean): Promise<number> {
  const kinds = new Map<string, Kind>();
  for await (const { entries } of readQuarantine(store)) {
    for (const entry of entries.filter((each) => matchesFilter(each, filter))) {
      const { code, at, reason } = entry;
      const source = entry.source.split('/')[0]!;
      const known = kinds.get(`${code} ${source}`) ?? { code, source, entries: 0, first: at, last: at, reason };
      const first = at < known.first ? at : known.first;
      const last = at > known.last ? at : known.last;
      kinds.set(`${code} ${source}`, { ...known, entries: known.entries + 1, first, last });
    }
  }
  const found = [...kinds.values()].sort((a, b) => b.entries - a.entries);
  if (json) await print(`${JSON.stringify(found, null, 2)}\n`);
  else for (const kind of found) await print(asText(kind));
  if (found.length === 0) say('nothing is in quarantine');
  return 0;
}

function asText({ code, source, entries, first, last, reason }: Kind): string {
  const time = first === last ? first : `${first} to ${last}`;
  return `${entries} x ${code} from ${source}, ${time}\n    such as: ${reason}\n`;
}

async function show(store: FolderObjectStore, filter: QuarantineFilter, path: string | undefined): Promise<number> {
  const output = await openTextOutput(path);
  let written = 0;
  try {
    for await (const { entries } of readQuarantine(store)) {
      if (output.readerGone.aborted) break;
      const chosen = entries.filter((entry) => matchesFilter(entry, filter));
      written += chosen.length;
      await output.write(chosen.map((entry) => `${JSON.stringify(entryToMend(entry))}\n`).join(''));
    }
    await output.finish();
  } finally {
    await output.discard();
  }
  if (path !== undefined)
    say(`${written} entries written to ${path}: mend "tweet" or "raw", then replay --input ${path}`);
  else if (written === 0) say('nothing is in quarantine');
  return 0;
}

interface State {
  readonly state: string;
  readonly store: FolderObjectStore;
}

async function replay(
  { state, store }: State,
  filter: QuarantineFilter,
  { input, json }: { readonly input: string | undefined; readonly json: boolean },
): Promise<number> {
  const clock = (): Date => new Date();
  const mended = input === undefined ? {} : { mended: readMended(readText(input), input) };
  const queue = new SqliteQueue({ path: join(state, 'queue.sqlite'), clock });
  const ledger = new SqliteIdLedger({ path: join(state, 'ledger.sqlite'), clock });
  try {
    const done = await replayQuarantine(
      {
        store,
        ledger,
        ingest: createIngest({ queue, store, clock, metrics: createMetrics(), maxMessages: MAX_QUEUE_MESSAGES }),
      },
      {
        filter,
        ...mended,
        onRefused: ({ key }, reason) => {
          say(`${key} stays in quarantine: ${reason}`);
        },
      },
    );
    if (json) await print(`${JSON.stringify(done)}\n`);
    const { sent, tagged, refused, missing } = done;
    say(`${sent} tweets sent to the queue, ${tagged} tagged before, ${refused} refused again`);
    if (missing > 0)
      say(`${missing} entries of ${input ?? ''} are not in quarantine any more, or not among those chosen`);
    return refused > 0 ? 1 : 0;
  } finally {
    queue.close();
    ledger.close();
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw new NerError('E_FILE_UNREADABLE', `quarantine: ${path} cannot be read, got '${detail}'; expected a file.`, {
      cause,
    });
  }
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
