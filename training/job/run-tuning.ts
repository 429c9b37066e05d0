import { runFingerprint } from '../train/checkpoint.ts';
import { createRng } from '../../shared/random.ts';
import { createGridSearch } from '../tune/grid-search.ts';
import { createHyperband } from '../tune/hyperband.ts';
import { createRandomSearch } from '../tune/random-search.ts';
import type { Search } from '../tune/search.ts';
import { valuesOf, type Dimension, type JsonValue, type SearchSpace } from '../tune/space.ts';
import { tune } from '../tune/tune.ts';
import { writeResults } from '../tune/write-results.ts';
import { corpusOf } from './job-corpus.ts';
import { withRecipe } from './recipe-corpus.ts';
import { defaultSettings, withSettings, type SettingChange, type Settings } from './settings.ts';
import { createTrialRunner, putTestAside, trialSettings } from './tuning-trial.ts';
import type { RecipeJob } from './training-job.ts';
import type { SearchMethod, TuningEvent, TuningJob } from './tuning-job.ts';

/**
 * Searches settings: reads the corpus, puts test aside, runs the trials, and writes what was found into `<out>`. What is
 * finished is kept in `<out>.tune`, so that a search with `resume` goes on from there.
 *
 * @throws {E_USAGE} a setting of the space that there is not, or a value that it cannot have
 */
export async function* runTuning(asked: TuningJob | RecipeJob<TuningJob>): AsyncGenerator<TuningEvent, void> {
  const kind = asked.encoder === undefined ? 'words' : 'encoder';
  const { job } = yield* withRecipe(asked, { kind, folder: `${asked.out}.tune` });
  const base = withSettings(defaultSettings[kind], job.changes ?? []);
  const maxEpochs = job.maxEpochs ?? base.train.epochs;
  const search = createSearch(job, maxEpochs);
  checkSpace(base, job.space);
  const corpus = putTestAside(yield* corpusOf(job));
  const common = [base, job.vectors ?? null, job.encoder?.name ?? null, job.encoder?.revision ?? null];
  const fingerprint = runFingerprint([
    job.space,
    job.method,
    maxEpochs,
    job.seed,
    corpus.fingerprints,
    corpus.types,
    ...common,
  ]);
  const runTrial = createTrialRunner({ job, base, corpus });
  const options = { search, fingerprint, folder: `${job.out}.tune`, maxEpochs, resume: job.resume };
  const finished = yield* tune(options, runTrial);
  const results = await writeResults(job.out, {
    facts: factsOf(job, { maxEpochs, rounds: finished.length }),
    space: job.space,
    finished,
    settingsOf: ({ trial }) => trialSettings(base, { trial, plannedEpochs: maxEpochs }),
  });
  yield { type: 'found', dir: job.out, results };
}

function createSearch({ space, method, seed }: TuningJob, maxEpochs: number): Search {
  const rng = createRng(seed, 'tuning');
  switch (method.name) {
    case 'hyperband':
      return createHyperband({ space, maxEpochs, factor: method.factor, iterations: method.iterations, rng });
    case 'random':
      return createRandomSearch({ space, trials: method.trials, maxEpochs, rng });
    case 'grid':
      return createGridSearch({ space, maxEpochs });
  }
}

/** Sets each setting to its first and last value, and to each that is a choice: a search must not fail at its tenth trial. */
function checkSpace(base: Settings, space: SearchSpace): void {
  const first = Object.entries(space).map(([path, dimension]): SettingChange => [path, extremes(dimension)[0]]);
  withSettings(base, first);
  for (const [i, [path, dimension]] of Object.entries(space).entries()) {
    for (const value of extremes(dimension)) withSettings(base, first.with(i, [path, value]));
  }
}

function extremes(dimension: Dimension): readonly JsonValue[] {
  if ('choice' in dimension) return dimension.choice;
  const [low, high] = 'log' in dimension ? dimension.log : dimension.range;
  return valuesOf(dimension) ?? [low, high];
}

interface Extent {
  readonly maxEpochs: number;
  readonly rounds: number;
}

function factsOf(job: TuningJob, { maxEpochs, rounds }: Extent): readonly (readonly [string, string])[] {
  const { corpus, encoder, vectors } = job;
  return [
    ['Method', methodText(job.method)],
    ['Corpus', 'dir' in corpus ? corpus.dir : corpus.train],
    ['Epochs at most', String(maxEpochs)],
    ['Rounds', String(rounds)],
    ...(encoder === undefined ? [] : [['Encoder', encoder.name] as const]),
    ...(vectors === undefined ? [] : [['Word vectors', vectors] as const]),
    ['Seed', String(job.seed)],
  ];
}

function methodText(method: SearchMethod): string {
  switch (method.name) {
    case 'hyperband':
      return `Hyperband, factor ${method.factor}, ${method.iterations === 1 ? 'one sweep' : `${method.iterations} sweeps`}`;
    case 'random':
      return `${method.trials} trials at random`;
    case 'grid':
      return 'grid';
  }
}
