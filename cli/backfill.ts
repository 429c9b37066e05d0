import { defineCommand } from 'citty';
import { availableParallelism } from 'node:os';
import type { BackfillInput } from '../functions/backfill/backfill-input.ts';
import { openRun } from '../functions/backfill/backfill-run.ts';
import { createBackfillHandler } from '../functions/backfill/handler.ts';
import { modelTagger } from '../functions/backfill/model-tagger.ts';
import { swapRun } from '../functions/backfill/swap.ts';
import type { BackfillCounts } from '../shared/contracts/backfill.ts';
import { bundleInput } from '../shared/features/bundle-input.ts';
import { loadModel, type LoadedModel } from '../shared/model/load-model.ts';
import { NerError } from '../shared/ner-error.ts';
import { openLocalRegistry } from '../shared/registry/local-registry.ts';
import type { ObjectStore } from '../shared/store/object-store.ts';
import { folderInputs } from './backfill-inputs.ts';
import { datasetPlaceFlags, openDatasetPlace } from './dataset-place.ts';
import { abortOnInterrupt } from './interruption.ts';
import { openModel } from './open-model.ts';
import { integerFlag, repeatedFlag } from './strict-arguments.ts';
import { print } from './text-output.ts';

const args = {
  run: {
    type: 'string',
    valueHint: 'ID',
    required: true,
    description: 'Name of the run; the same name goes on with it',
  },
  input: {
    type: 'string',
    valueHint: 'DIR|FILE',
    description: 'Folders and files of tweets: NDJSON, a JSON array or one text a line, plain or gzip',
  },
  files: {
    type: 'positional',
    required: false,
    valueHint: 'FILE...',
    description: 'Further folders and files for --input',
  },
  model: {
    type: 'string',
    valueHint: 'DIR',
    description: 'Bundle to tag with; by default the current model of the state',
  },
  swap: {
    type: 'boolean',
    description: 'Put the results among those of the stream, in place of older ones of the same tweets',
  },
  concurrency: { type: 'string', valueHint: 'N', default: '2', description: 'Files at work at once' },
  ...datasetPlaceFlags,
  json: { type: 'boolean', description: 'Print the counts as JSON; by default as text' },
} as const;

export const backfill = defineCommand({
  meta: { name: 'backfill', description: 'Tag folders of tweets into a run of its own, and swap it in' },
  args,
  run: async ({ args: given, rawArgs }) => {
    const paths = repeatedFlag('input', rawArgs, args);
    const swap = given.swap === true;
    if (paths.length === 0 && !swap) {
      throw new NerError('E_USAGE', 'tagwright backfill: there is nothing to do; expected --input, --swap or both.');
    }
    const concurrency = integerFlag('concurrency', given.concurrency, 1, 64);
    const inputs = folderInputs(paths);
    const { signal } = abortOnInterrupt();
    if (given.bucket !== undefined && paths.length > 0) {
      throw new NerError(
        'E_USAGE',
        'tagwright backfill: --bucket is for --swap, got --input too; expected one of them. The state machine of the stack tags what is in a bucket.',
      );
    }
    const place = await openDatasetPlace('backfill', given);
    const { store } = place;
    const work = { store, state: place.name, run: given.run, signal };
    const isStopped = (): boolean => signal.aborted;
    try {
      const tagged =
        paths.length === 0 ? undefined : await tagAll(work, { inputs, concurrency, modelDir: given.model });
      if (isStopped()) return stopped(given.run);
      const swapped = swap ? await swapAll(work) : undefined;
      if (isStopped()) return stopped(given.run);
      if (given.json === true) await print(`${JSON.stringify({ run: given.run, ...tagged, ...swapped })}\n`);
      return tagged !== undefined && tagged.unreadable + tagged.quarantined > 0 ? 1 : 0;
    } finally {
      place.close();
    }
  },
});

interface Work {
  readonly store: ObjectStore;
  /** The state folder; of a bucket something for people. */
  readonly state: string;
  readonly run: string;
  readonly signal: AbortSignal;
}

interface Inputs {
  readonly inputs: readonly BackfillInput[];
  readonly concurrency: number;
  readonly modelDir: string | undefined;
}

async function tagAll(work: Work, { inputs, concurrency, modelDir }: Inputs): Promise<BackfillCounts> {
  const { store, run, signal } = work;
  const registry = await openLocalRegistry({ stateDir: work.state, store, clock });
  let model: LoadedModel | undefined = modelDir === undefined ? undefined : await openModel(modelDir);
  try {
    const modelId = async (): Promise<string> =>
      model?.predictor.modelId ?? (await registry.current())?.pointer.modelId ?? noModel();
    const record = await openRun(store, { run, modelId, clock });
    model ??= await loadModel(await registry.load(record.modelId), {
      inputOf: bundleInput,
      workers: availableParallelism(),
    });
    say(`run ${run} is tagged by model ${record.modelId}`);
    let done = 0;
    const onInput = (name: string, { tagged, unreadable }: BackfillCounts): void => {
      done += 1;
      say(
        `${done}/${inputs.length} ${name}: ${tagged} tweets${unreadable > 0 ? ', and a rest that cannot be read' : ''}`,
      );
    };
    const tagger = modelTagger(model);
    const counts = await createBackfillHandler({ record, tagger, store, clock, signal, concurrency, onInput }).handle(
      inputs,
    );
    say(
      `tagged ${counts.tagged} tweets of ${counts.inputs} inputs; ${counts.repeats} repeated, ${counts.quarantined} in quarantine, ` +
        `${counts.unreadable} inputs not read to their end`,
    );
    return counts;
  } finally {
    await model?.release();
  }
}

async function swapAll({ store, run, signal }: Work): Promise<{ readonly added: number; readonly replaced: number }> {
  const sum = { added: 0, replaced: 0 };
  for await (const { hour, added, replaced } of swapRun(store, { run, clock, signal })) {
    say(`${hour.dt} ${hour.hr}:00  ${added} records added, ${replaced} replaced`);
    sum.added += added;
    sum.replaced += replaced;
  }
  if (!signal.aborted) say(`run ${run} is swapped in; what it replaced is in backfill/${run}/replaced/ of the store`);
  return sum;
}

function noModel(): never {
  throw new NerError(
    'E_MODEL_UNKNOWN',
    'tagwright backfill: no model is current in the state; expected one, or --model DIR. `tagwright models` lists them.',
  );
}

function stopped(run: string): number {
  say(`interrupted; the same command goes on with run ${run}`);
  return 1;
}

function clock(): Date {
  return new Date();
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}
