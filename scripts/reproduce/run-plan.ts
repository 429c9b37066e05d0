import { rmSync } from 'node:fs';
import { availableParallelism, cpus, platform, release, arch } from 'node:os';
import { join } from 'node:path';
import { packageVersion } from '../../cli/package-version.ts';
import { recipeSource } from '../../cli/recipe-flags.ts';
import { NerError } from '../../shared/ner-error.ts';
import { onnxruntimeVersion } from '../../shared/ort/version.ts';
import { findRecipe } from '../../training/recipes/index.ts';
import { parseOptions } from '../../training/recipes/recipe-options.ts';
import { readRecipeResults, type ResultRun } from '../../training/recipes/recipe-results.ts';
import { countDifferences, splitCounts } from '../../training/recipes/split-counts.ts';
import { totalCounts, totalDifferences } from '../../training/recipes/total-counts.ts';
import type { Reproduction, Variant } from './plan.ts';
import { addRun } from './results-file.ts';
import { runFigures } from './run-figures.ts';
import { placed, placedFlag, runFingerprint, type Places } from './run-fingerprint.ts';
import { trainChild } from './train-child.ts';

export interface PlanOptions extends Places {
  /** Folder of bundles and their runs. */
  readonly out: string;
  /** Folder of NAME.json. */
  readonly results: string;
  /** Make runs again that are there. */
  readonly again: boolean;
  /** Go on where the data are not the recipe's own; the results then say so. */
  readonly allowDifferences: boolean;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

export interface PlanOutcome {
  readonly done: number;
  /** What was not done and why, each as `recipe: reason`; not what a signal has stopped. */
  readonly failed: readonly string[];
}

/**
 * Makes the runs that are missing, one after the other, each by `tagwright train` in a process of its own, and writes each
 * into its recipe's results as soon as it has ended. A run that fails does not keep the others from theirs. A run that
 * was stopped goes on from its last checkpoint the next time.
 */
export async function runPlan(plan: readonly Reproduction[], options: PlanOptions): Promise<PlanOutcome> {
  const failed: string[] = [];
  let done = 0;
  for (const reproduction of plan) {
    try {
      const differences = await checkData(reproduction, options);
      for (const run of runsOf(reproduction, options)) {
        if (options.signal.aborted) return { done, failed };
        const outcome = await makeRun(run, differences, options);
        if (outcome === 'done') done++;
        else if (outcome !== 'there' && outcome !== 'stopped') failed.push(`${run.name}: ${outcome}`);
      }
    } catch (error) {
      if (!(error instanceof NerError)) throw error;
      failed.push(`${reproduction.recipe}: ${error.message}`);
    }
  }
  return { done, failed };
}

interface PlannedRun {
  /** For people. */
  readonly name: string;
  readonly recipe: string;
  readonly variant: Variant;
  readonly seed: number;
  readonly fingerprint: string;
  /** Arguments of `tagwright`, without --out, as the plan has them. */
  readonly args: readonly string[];
}

function runsOf({ recipe: name, corpus, variants }: Reproduction, places: Places): readonly PlannedRun[] {
  const recipe = findRecipe(name);
  return variants.flatMap((variant) => {
    const { flags, seeds } = variant;
    const fingerprint = runFingerprint({ recipe, corpus, flags, version: packageVersion }, places);
    return seeds.map((seed) => ({
      name: `${name} ${variant.name}, seed ${seed}`,
      ...{ recipe: name, variant, seed, fingerprint },
      args: ['train', ...sourceFlags(name, corpus), ...flags, '--metric', 'as-published', '--seed', String(seed)],
    }));
  });
}

function sourceFlags(recipe: string, corpus: string): readonly string[] {
  return ['--recipe', recipe, '--corpus', corpus];
}

/**
 * Reads the files as every variant does, before anything is trained on them.
 *
 * @returns where the counts are not the recipe's own, in words
 * @throws {E_CORPUS_MALFORMED} counts that differ, unless that is allowed
 */
async function checkData(
  { recipe: name, corpus, variants }: Reproduction,
  options: PlanOptions,
): Promise<ReadonlyMap<Variant, readonly string[]>> {
  const recipe = findRecipe(name);
  const found = new Map<Variant, readonly string[]>();
  for (const variant of variants) {
    const flags = variant.flags.map((flag) => placedFlag(flag, options));
    const source = recipeSource('train', { recipe: name, corpus: placed(corpus, options) }, flags)!;
    const chosen = parseOptions(recipe, source.options);
    const read = await recipe.read(source.path, chosen, { repair: false });
    const differences = [
      ...totalDifferences(totalCounts(read), recipe.expectedTotals?.(chosen)),
      ...countDifferences(splitCounts(read), recipe.expected(chosen)),
    ];
    if (differences.length > 0 && !options.allowDifferences) {
      throw new NerError(
        'E_CORPUS_MALFORMED',
        `${source.path}: is not the data of the recipe: ${differences.join('; ')}. --allow-differences goes on with it, and the results say so.`,
      );
    }
    found.set(variant, differences);
  }
  return found;
}

/** @returns what became of it; words where it failed */
async function makeRun(
  run: PlannedRun,
  differences: ReadonlyMap<Variant, readonly string[]>,
  options: PlanOptions,
): Promise<string> {
  const { say, again, results, root, signal } = options;
  const file = join(results, `${run.recipe}.json`);
  const known = readRecipeResults(file)?.runs ?? [];
  if (!again && known.some(({ fingerprint, seed }) => fingerprint === run.fingerprint && seed === run.seed)) {
    say(`${run.name}: is there already`);
    return 'there';
  }
  const out = join(options.out, run.recipe, `${run.variant.name}-${run.seed}-${run.fingerprint}`);
  if (again) for (const old of [out, `${out}.run`]) rmSync(old, { recursive: true, force: true });
  say(`${run.name}: ${commandOf(run)}`);
  const args = run.args.map((arg) => placedFlag(arg, options));
  // What is measured is kept with the results, so a record of the run would say it twice.
  const code = await trainChild([...args, '--no-record', '--out', out, '--resume'], {
    root,
    signal,
    say,
  });
  if (code !== 0) return signal.aborted ? 'stopped' : `tagwright train ended with ${code ?? 'a signal'}`;
  const finished: ResultRun = {
    ...{ variant: run.variant.name, seed: run.seed, fingerprint: run.fingerprint, command: commandOf(run) },
    at: new Date(options.now()).toISOString(),
    machine: machine(),
    differences: [...differences.get(run.variant)!],
    ...runFigures(out),
  };
  addRun(file, run.recipe, finished);
  say(`${run.name}: ${file}`);
  return 'done';
}

function commandOf({ args, variant }: PlannedRun): string {
  return `npx tagwright ${args.join(' ')} --out ${variant.name}`;
}

function machine(): ResultRun['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    onnxruntime: onnxruntimeVersion,
    tagwright: packageVersion,
  };
}
