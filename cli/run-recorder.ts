import { readFileSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { MANIFEST_FILE, type Manifest } from '../shared/contracts/manifest.ts';
import type { RunRecord } from '../shared/contracts/run.ts';
import { folderSource } from '../shared/model/bundle-source.ts';
import { readManifest } from '../shared/model/bundle.ts';
import { NerError } from '../shared/ner-error.ts';
import { onnxruntimeVersion } from '../shared/ort/version.ts';
import type { RunDraft } from '../shared/runs/run-registry.ts';
import type { DistillationJob, JobEvent, RecipeJob, TrainingJob } from '../training/job/training-job.ts';
import { machine } from '../training/report/machine.ts';

export interface RunRecorder {
  see(event: JobEvent): void;
  /**
   * What is to be kept of the run; undefined when nothing was trained.
   *
   * @param error what ended it, if it failed
   */
  draft(outcome: RunRecord['outcome'], error?: unknown): Promise<RunDraft | undefined>;
}

export interface RecorderDeps {
  readonly clock: () => Date;
  readonly who: RunRecord['who'];
}

/** Whoever is logged in; TAGWRIGHT_USER names somebody else, and nobody where it is empty. */
export function whoTrains(named: string | undefined): RunRecord['who'] {
  if (named === '') return null;
  return { user: named ?? loginName(), host: hostname() };
}

/** In a container the number of a user need not have a name. */
function loginName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** Follows a job's events and gathers what its record says. */
export function createRunRecorder(
  job: TrainingJob | RecipeJob | DistillationJob,
  { clock, who }: RecorderDeps,
): RunRecorder {
  const startedAt = clock();
  let data: RunDraft['data'] = {};
  let hasTrained = false;
  let exported: string | undefined;
  const runFolder = job.runFolder ?? `${job.out}.run`;
  return {
    see: (event) => {
      if (event.type === 'corpus') data = dataOf(event);
      if (event.type === 'start') hasTrained = true;
      if (event.type === 'exported') exported = event.dir;
    },
    draft: async (outcome, error) => {
      if (!hasTrained) return undefined;
      const about = {
        kind: 'teacher' in job ? 'distill' : 'train',
        // A signal that comes when the bundle is written changes nothing.
        outcome: exported === undefined ? outcome : 'done',
        ...(error === undefined ? {} : { error: wordsOf(error) }),
        who,
        startedAt: startedAt.toISOString(),
        seconds: Math.max(0, clock().getTime() - startedAt.getTime()) / 1000,
        corpus: corpusOf(job),
        seed: job.seed,
        device: job.device ?? 'cpu',
        machine: machine(),
        bundle: job.out,
        runFolder,
      } as const;
      if (exported !== undefined) return { ...about, ...ofManifest(await manifestOf(exported)) };
      return {
        ...about,
        recipe: recipeOf(job),
        data,
        settings: settingsOf(job, runFolder),
        engine: { tagwright: job.version, onnxruntime: onnxruntimeVersion },
        modelId: null,
        metrics: {},
      };
    },
  };
}

function dataOf({
  train,
  dev,
  test,
  fingerprints = {},
}: Extract<JobEvent, { readonly type: 'corpus' }>): RunDraft['data'] {
  const splits = Object.entries({ train, dev, test } as const).filter(([, sentences]) => sentences > 0);
  return Object.fromEntries(
    splits.map(([split, sentences]) => {
      const sha256 = fingerprints[split as keyof typeof fingerprints];
      return [split, { sentences, ...(sha256 === undefined ? {} : { sha256 }) }];
    }),
  );
}

function wordsOf(error: unknown): string {
  if (error instanceof NerError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}

function corpusOf({ corpus }: TrainingJob | RecipeJob | DistillationJob): string | null {
  if (corpus === undefined) return null;
  if ('recipe' in corpus) return corpus.path;
  return 'dir' in corpus ? corpus.dir : corpus.train;
}

/** As it was asked for: defaults of its options are filled in where the run came to its end. */
function recipeOf({ corpus }: TrainingJob | RecipeJob | DistillationJob): RunDraft['recipe'] {
  return corpus !== undefined && 'recipe' in corpus ? { name: corpus.recipe, options: { ...corpus.options } } : null;
}

/** What the run wrote beside its checkpoints, and what it started from. */
function settingsOf(job: TrainingJob | RecipeJob | DistillationJob, runFolder: string): RunDraft['settings'] {
  const settings = JSON.parse(readFileSync(join(runFolder, 'config.json'), 'utf8')) as Record<string, unknown>;
  const encoder = 'encoder' in job ? (job.encoder?.label ?? job.encoder?.name ?? null) : null;
  return { ...settings, vectors: job.vectors ?? null, encoder };
}

async function manifestOf(dir: string): Promise<Manifest> {
  return readManifest(folderSource(dir), statSync(join(dir, MANIFEST_FILE)).size);
}

type FromManifest = Pick<RunDraft, 'bestEpoch' | 'recipe' | 'data' | 'settings' | 'engine' | 'modelId' | 'metrics'>;

function ofManifest({ id, recipe: made, data, engine, metrics }: Manifest): FromManifest {
  const { recipe, bestEpoch, ...settings } = made;
  const named = recipe as { readonly name: string; readonly options: Record<string, unknown> } | undefined;
  const { train, dev, test } = data;
  return {
    recipe: named === undefined ? null : { name: named.name, options: named.options },
    data: { ...(train && { train }), ...(dev && { dev }), ...(test && { test }) },
    settings,
    ...(typeof bestEpoch === 'number' ? { bestEpoch } : {}),
    engine,
    modelId: id,
    metrics,
  };
}
