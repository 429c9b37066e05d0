import { defineCommand } from 'citty';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { NerError } from '../shared/ner-error.ts';
import { decodeUtf8, readBytes } from '../shared/corpus/text-file.ts';
import { runTuning } from '../training/job/run-tuning.ts';
import type { RecipeJob } from '../training/job/training-job.ts';
import type { SearchMethod, TuningJob } from '../training/job/tuning-job.ts';
import type { RecipeSpace } from '../training/recipes/recipe.ts';
import { parseSpace, type SearchSpace } from '../training/tune/space.ts';
import { tableText, trialTable } from '../training/tune/trial-table.ts';
import { encoderSource } from './encoder-source.ts';
import { abortOnInterrupt } from './interruption.ts';
import { packageVersion } from './package-version.ts';
import { settingChanges } from './setting-changes.ts';
import { integerFlag } from './strict-arguments.ts';
import { findRecipe } from '../training/recipes/index.ts';
import { recipeFlags, recipeSource } from './recipe-flags.ts';
import { namedVectors, vectorFlag } from './vector-flag.ts';
import { createTuneProgress } from './tune-progress.ts';

const METHODS = ['hyperband', 'random', 'grid'] as const satisfies readonly SearchMethod['name'][];

export const tune = defineCommand({
  meta: { name: 'tune', description: 'Search for the settings that are best on dev; test is put aside' },
  args: {
    corpus: {
      type: 'string',
      valueHint: 'PATH',
      required: true,
      description: 'Folder with train and dev files in CoNLL form, or what the recipe reads',
    },
    recipe: recipeFlags.recipe,
    option: recipeFlags.option,
    space: {
      type: 'string',
      valueHint: 'FILE|JSON',
      description:
        'What is searched, such as {"train.learningRate": {"log": [1e-5, 1e-3]}}, or a file of it; by default what the recipe says',
    },
    out: {
      type: 'string',
      valueHint: 'DIR',
      required: true,
      description: 'Folder for the results; the search itself is kept in DIR.tune',
    },
    encoder: {
      type: 'string',
      valueHint: 'DIR|ID',
      description: 'Pre-trained encoder to fine-tune: a Hugging Face folder, or its id on the hub; by default none',
    },
    revision: { type: 'string', valueHint: 'NAME', description: 'Branch, tag or commit of the encoder on the hub' },
    ...vectorFlag,
    method: { type: 'enum', options: [...METHODS], default: 'hyperband', description: 'How the space is searched' },
    'max-epochs': {
      type: 'string',
      valueHint: 'N',
      description: 'Epochs of the longest trials; by default those of the recipe',
    },
    factor: {
      type: 'string',
      valueHint: 'N',
      description: 'With hyperband: by how much each round has fewer trials and more epochs; by default 3',
    },
    iterations: {
      type: 'string',
      valueHint: 'N',
      description: 'With hyperband: sweeps over all brackets; by default 1',
    },
    trials: { type: 'string', valueHint: 'N', description: 'With random: how many; by default 20' },
    config: { type: 'string', valueHint: 'FILE', description: 'JSON file of settings that all trials have in common' },
    set: {
      type: 'string',
      valueHint: 'PATH=VALUE',
      description: 'Changes one setting of all trials; may be given several times',
    },
    repair: {
      type: 'boolean',
      description: 'Put tags right that break the BIO rules; by default they are refused',
    },
    'allow-unseen-types': {
      type: 'boolean',
      description: 'Let dev have entity types that train has not, which count as misses; by default that is refused',
    },
    seed: { type: 'string', valueHint: 'N', default: '1', description: 'Seed of everything random' },
    resume: { type: 'boolean', description: 'Go on with an interrupted search of the same settings' },
  },
  run: async ({ args, rawArgs }) => {
    const { signal } = abortOnInterrupt();
    const source = recipeSource('tune', args, rawArgs);
    const own = source === undefined ? undefined : recipeSpace(source.recipe, args);
    const job: Omit<TuningJob, 'corpus'> = {
      out: resolve(args.out),
      space: searchSpace(args.space, own?.dimensions),
      method: searchMethod(args),
      maxEpochs: args['max-epochs'] === undefined ? own?.maxEpochs : integerFlag('max-epochs', args['max-epochs'], 1),
      vectors: namedVectors(args.vectors),
      encoder: args.encoder === undefined ? undefined : encoderSource(args.encoder, args.revision),
      changes: settingChanges({ config: args.config }, rawArgs),
      repair: args.repair === true,
      allowUnseenTypes: args['allow-unseen-types'] === true,
      seed: integerFlag('seed', args.seed, 0),
      resume: args.resume === true,
      threads: availableParallelism(),
      version: packageVersion,
    };
    return search(
      source === undefined ? { ...job, corpus: { dir: resolve(args.corpus) } } : { ...job, corpus: source },
      signal,
    );
  },
});

async function search(job: TuningJob | RecipeJob<TuningJob>, signal: AbortSignal): Promise<number> {
  const progress = createTuneProgress(process.stderr);
  let finished = 0;
  try {
    for await (const event of runTuning(job)) {
      progress.show(event);
      if (event.type === 'start') finished = event.finishedRounds;
      if (event.type === 'finished') finished = event.round.number;
      if (event.type === 'found') process.stdout.write(tableText(trialTable(job.space, event.results)));
      // Leaving the loop ends the trial; what was found is not lost.
      else if (signal.aborted) break;
    }
  } finally {
    progress.stop();
  }
  if (!signal.aborted) return 0;
  process.stderr.write(
    `interrupted by ${String(signal.reason)} after ${finished} whole rounds; go on with the same command and --resume\n`,
  );
  return 1;
}

/**
 * What a recipe searches; undefined where it has no space, or another is given.
 *
 * @throws {E_USAGE} the space is for the other kind of tagger
 */
function recipeSpace(name: string, { space: given, encoder }: SpaceFlags): RecipeSpace | undefined {
  const { space } = findRecipe(name);
  const kind = encoder === undefined ? 'words' : 'encoder';
  if (given !== undefined || space?.kind === undefined || space.kind === kind) return space;
  const remedy = space.kind === 'encoder' ? 'Name an encoder by --encoder' : 'Leave --encoder out';
  throw new NerError(
    'E_USAGE',
    `tagwright tune: the space of ${name} is for a tagger ${kind === 'words' ? 'with' : 'without'} an encoder, got one ${kind === 'words' ? 'without' : 'with'}; expected --space for it. ${remedy}, or say what to search.`,
  );
}

interface SpaceFlags {
  readonly space?: string | undefined;
  readonly encoder?: string | undefined;
}

/** @throws {E_USAGE} nothing says what to search */
function searchSpace(source: string | undefined, own: SearchSpace | undefined): SearchSpace {
  if (source !== undefined) return readSpace(source);
  if (own !== undefined) return own;
  throw new NerError(
    'E_USAGE',
    'tagwright tune: nothing says what to search; expected --space, or a --recipe that has a space of its own.',
  );
}

function readSpace(source: string): SearchSpace {
  if (source.trimStart().startsWith('{')) return parseSpace('--space', source);
  return parseSpace(source, decodeUtf8(source, readBytes(source)));
}

interface MethodFlags {
  readonly method: SearchMethod['name'];
  readonly factor?: string | undefined;
  readonly iterations?: string | undefined;
  readonly trials?: string | undefined;
}

/** Flags that belong to one method. */
const OWN_FLAGS = { hyperband: ['factor', 'iterations'], random: ['trials'], grid: [] } as const satisfies Record<
  SearchMethod['name'],
  readonly Exclude<keyof MethodFlags, 'method'>[]
>;

/** @throws {E_USAGE} a flag of another method, or a number out of range */
function searchMethod(flags: MethodFlags): SearchMethod {
  const { method, factor = '3', iterations = '1', trials = '20' } = flags;
  for (const other of METHODS) {
    const foreign = other === method ? undefined : OWN_FLAGS[other].find((flag) => flags[flag] !== undefined);
    if (foreign === undefined) continue;
    throw new NerError('E_USAGE', `--${foreign}: is for --method ${other}, got --method ${method}. Leave one out.`);
  }
  switch (method) {
    case 'hyperband':
      return {
        name: 'hyperband',
        factor: integerFlag('factor', factor, 2),
        iterations: integerFlag('iterations', iterations, 1),
      };
    case 'random':
      return { name: 'random', trials: integerFlag('trials', trials, 1) };
    case 'grid':
      return { name: 'grid' };
  }
}
