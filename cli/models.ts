import { defineCommand } from 'citty';
import { join } from 'node:path';
import { modelSummaries } from '../functions/api/model-summaries.ts';
import { NerError } from '../shared/ner-error.ts';
import { createRegistry, type RegisteredModel, type Registry } from '../shared/registry/registry.ts';
import { FolderObjectStore } from '../shared/store/folder-object-store.ts';
import { formatBytes } from './format-bytes.ts';
import { stateFlag, stateFolder } from './state-folder.ts';
import { print } from './text-output.ts';

export const models = defineCommand({
  meta: { name: 'models', description: 'List the published models, or choose the one that serves' },
  args: {
    action: {
      type: 'positional',
      required: false,
      description:
        'list (the default); promote, to let the model ID serve; rollback, to let the one before serve again',
    },
    id: { type: 'positional', required: false, description: 'Model to promote, as the list names it' },
    ...stateFlag,
    json: { type: 'boolean', description: 'Print the list as JSON; by default as a table' },
  },
  run: async ({ args }) => {
    const act = actionOf(args.action, args.id);
    const state = stateFolder('models', args.state);
    const clock = (): Date => new Date();
    const store = new FolderObjectStore({ root: join(state, 'store'), clock });
    try {
      const registry = createRegistry({ store, clock });
      await act(registry);
      const listing = await registry.list();
      if (args.json === true) {
        const found = { models: modelSummaries(listing), damaged: listing.damaged };
        await print(`${JSON.stringify(found, null, 2)}\n`);
      } else if (listing.models.length > 0) await print(asTable(listing.models));
      if (listing.models.length === 0) {
        say(
          `no model is published in ${state}; 'tagwright start' trains one, 'tagwright serve --model DIR' publishes one`,
        );
      }
      for (const { id, reason } of listing.damaged) say(`warning: ${id} cannot be used: ${reason}`);
      return 0;
    } finally {
      store.close();
    }
  },
});

type Action = (registry: Registry) => Promise<void>;

/** @throws {E_USAGE} unless it is one of the three, with an id where there has to be one */
function actionOf(action: string | undefined, id: string | undefined): Action {
  const wrong = (what: string): NerError =>
    new NerError('E_USAGE', `tagwright models: ${what}; expected list, promote ID or rollback.`);
  if (action === 'promote') {
    if (id === undefined) throw wrong('promote: the model is missing');
    return async (registry) => {
      await registry.promote(id);
      say(`model ${id} is current`);
    };
  }
  if (id !== undefined) throw wrong(`unexpected argument '${id}'`);
  if (action === 'rollback') {
    return async (registry) => {
      const { modelId, previous } = await registry.rollback();
      say(`model ${modelId} is current again, in place of ${previous ?? 'none'}`);
    };
  }
  if (action !== undefined && action !== 'list') throw wrong(`unknown action '${action}'`);
  return async () => undefined;
}

/** A star marks the current model. F1 in percent. */
function asTable(found: readonly RegisteredModel[]): string {
  const rows = found.map(({ manifest: { id, metrics, labels }, current, sizeBytes }) => {
    const types = labels.filter((label) => label.startsWith('B-')).map((label) => label.slice(2));
    return [
      current ? '*' : ' ',
      id,
      f1Percent(metrics['dev']),
      f1Percent(metrics['test']),
      formatBytes(sizeBytes),
      types.join(', '),
    ];
  });
  const columns = [['', 'model', 'dev F1', 'test F1', 'size', 'types'], ...rows];
  const widths = columns[0]!.map((_, i) => Math.max(...columns.map((row) => row[i]!.length)));
  const aligned = (cell: string, i: number): string =>
    i >= 2 && i <= 4 ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!);
  return columns.map((row) => `${row.map(aligned).join('  ').trimEnd()}\n`).join('');
}

function f1Percent(metrics: { readonly entity: { readonly f1: number } } | undefined): string {
  return metrics === undefined ? '-' : (100 * metrics.entity.f1).toFixed(1);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
