import { defineCommand } from 'citty';
import { join } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import { compareRuns } from '../shared/runs/compare-runs.ts';
import { createRunRegistry, type RunRegistry } from '../shared/runs/run-registry.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import { comparisonText, runTable, runText } from './format-runs.ts';
import { stateFlag, stateFolder } from './state-folder.ts';
import { print } from './text-output.ts';

export const runs = defineCommand({
  meta: { name: 'runs', description: 'List what was trained, by whom, on what and how well; show or compare runs' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description: 'list (the default); show ID, for all that is known of a run; compare A B, for what differs',
    },
    first: { type: 'positional', required: false, description: 'A run, by its id or the beginning of it' },
    second: { type: 'positional', required: false, description: 'Run to compare with the first' },
    ...stateFlag,
    json: { type: 'boolean', description: 'Print as JSON; by default as text' },
  },
  run: async ({ args }) => {
    const act = actionOf(args.action ?? 'list', [args.first, args.second]);
    const state = stateFolder('runs', args.state);
    const store = new FolderObjectStore({ root: join(state, 'store'), clock: () => new Date() });
    try {
      await act(createRunRegistry(store), { state, json: args.json === true });
      return 0;
    } finally {
      store.close();
    }
  },
});

interface Output {
  readonly state: string;
  readonly json: boolean;
}

type Action = (registry: RunRegistry, output: Output) => Promise<void>;

/** What each action is given, and what it does. */
const ACTIONS: Readonly<Record<string, { readonly takes: number; readonly make: (ids: readonly string[]) => Action }>> =
  {
    list: { takes: 0, make: () => list },
    show: {
      takes: 1,
      make:
        ([id]) =>
        async (registry, { json }) => {
          const run = await registry.find(id!);
          await print(json ? asJson(run) : runText(run));
        },
    },
    compare: {
      takes: 2,
      make:
        ([a, b]) =>
        async (registry, { json }) => {
          const sides = { a: await registry.find(a!), b: await registry.find(b!) };
          const comparison = compareRuns(sides.a, sides.b);
          await print(json ? asJson({ ...sides, ...comparison }) : comparisonText(sides, comparison));
        },
    },
  };

/** @throws {E_USAGE} unless it is one of ours, with as many runs as it takes */
function actionOf(name: string, given: readonly (string | undefined)[]): Action {
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  const ids = given.filter((id) => id !== undefined);
  if (action !== undefined && ids.length === action.takes) return action.make(ids);
  const got = [name, ...ids].join(' ');
  throw new NerError('E_USAGE', `tagwright runs: got '${got}'; expected list, show ID or compare A B.`);
}

async function list(registry: RunRegistry, { state, json }: Output): Promise<void> {
  const { runs: found, damaged } = await registry.list();
  if (json) await print(asJson({ runs: found, damaged }));
  else if (found.length > 0) await print(runTable(found));
  for (const { key, reason } of damaged) say(`warning: ${key} is no record of a run: ${reason}`);
  if (found.length === 0) say(`no run is recorded in ${state}; 'tagwright train' records those that it makes`);
}

function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
