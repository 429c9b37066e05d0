import { defineCommand } from 'citty';
import type { ModelDiff } from '../functions/promote/model-diff.ts';
import { NerError } from '../shared/ner-error.ts';
import { formatModelDiff } from './format-model-diff.ts';
import { printModels } from './list-models.ts';
import { decideOnModel, promoteModel, rollBack } from './move-pointer.ts';
import { modelPlaceFlags, openRegistry, type ModelPlace } from './open-registry.ts';
import { print } from './text-output.ts';

export const models = defineCommand({
  meta: { name: 'models', description: 'List and compare the published models, or choose the one that serves' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description:
        'list (the default); promote ID, to let a model serve; rollback, to let the one before serve again; ' +
        "approve JOB or reject JOB, for a job's model that passed the gate; diff A B, to see what differs",
    },
    first: { type: 'positional', required: false, description: 'A model, or a job, as the list names it' },
    second: { type: 'positional', required: false, description: 'Model to compare with the first' },
    ...modelPlaceFlags,
    json: { type: 'boolean', description: 'Print the list or the difference as JSON; by default as a table' },
  },
  run: async ({ args }) => {
    const action = actionOf(args.action ?? 'list', [args.first, args.second]);
    const place = await openRegistry('models', args, action.changes);
    try {
      return await action.run(place, args.json === true);
    } finally {
      place.close();
    }
  },
});

interface Action {
  /** Whether it may move the pointer. */
  readonly changes: boolean;
  /** Gives the exit code. */
  readonly run: (place: ModelPlace, json: boolean) => Promise<number>;
}

/** What each action is given, and what it does; those that change something show the list afterwards. */
const ACTIONS: Readonly<
  Record<string, { readonly takes: readonly string[]; readonly make: (ids: readonly string[]) => Action }>
> = {
  list: { takes: [], make: () => ({ changes: false, run: printModels }) },
  promote: { takes: ['the model'], make: ([id]) => changing((place) => promoteModel(place, id!)) },
  rollback: { takes: [], make: () => changing(rollBack) },
  approve: { takes: ['the job'], make: ([job]) => changing((place) => decideOnModel(place, 'approve', job!)) },
  reject: { takes: ['the job'], make: ([job]) => changing((place) => decideOnModel(place, 'reject', job!)) },
  diff: {
    takes: ['the first model', 'the second model'],
    make: ([a, b]) => ({ changes: false, run: (place, json) => printDiff(place, [a!, b!], json) }),
  },
};

/** @throws {E_USAGE} unless it is one of ours, with as many models or jobs as it takes */
function actionOf(name: string, given: readonly (string | undefined)[]): Action {
  const expected = 'expected list, promote ID, rollback, approve JOB, reject JOB or diff A B';
  const wrong = (what: string): NerError => new NerError('E_USAGE', `tagwright models: ${what}; ${expected}.`);
  const action = Object.hasOwn(ACTIONS, name) ? ACTIONS[name] : undefined;
  if (action === undefined) throw wrong(`unknown action '${name}'`);
  const ids = given.filter((id) => id !== undefined);
  const missing = action.takes[ids.length];
  if (missing !== undefined) throw wrong(`${name}: ${missing} is missing`);
  if (ids.length > action.takes.length) throw wrong(`unexpected argument '${ids[action.takes.length]!}'`);
  return action.make(ids);
}

function changing(change: (place: ModelPlace) => Promise<boolean>): Action {
  return {
    changes: true,
    run: async (place, json) => {
      const isDone = await change(place);
      await printModels(place, json);
      return isDone ? 0 : 1;
    },
  };
}

async function printDiff(place: ModelPlace, ids: readonly [string, string], json: boolean): Promise<number> {
  const { diffModels } = await import('../functions/promote/model-diff.ts');
  const diff: ModelDiff = await diffModels(place, ids);
  await print(json ? `${JSON.stringify(diff, null, 2)}\n` : formatModelDiff(diff));
  return 0;
}
