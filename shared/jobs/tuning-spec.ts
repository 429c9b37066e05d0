import { z } from 'zod';
import { NerError } from '../ner-error.ts';
import { assertJobSpec } from './job-spec.ts';
import type { JobSpec } from './training-jobs.ts';

/** Values that a hyperparameter may take; numbers between both ends, those included. */
export type TuningRange =
  | { readonly kind: 'whole' | 'number'; readonly min: number; readonly max: number; readonly scale: 'linear' | 'log' }
  | { readonly kind: 'choice'; readonly values: readonly string[] };

/**
 * A search for hyperparameters as data: trials are training jobs that differ in those of `ranges`, and Hyperband gives most
 * epochs to the ones that do best on TUNING_OBJECTIVE.
 */
export interface TuningSpec {
  /** What trials have in common; its name is the search's. */
  readonly job: JobSpec;
  /** By hyperparameter, `train.learningRate` say. */
  readonly ranges: Readonly<Record<string, TuningRange>>;
  /** Epochs of the shortest and of the longest trials. */
  readonly minEpochs: number;
  readonly maxEpochs: number;
  readonly maxTrials: number;
  readonly maxParallel: number;
  readonly seed: number;
}

/** Limits of CreateHyperParameterTuningJob (https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-limits.html). */
const MAX_NAME = 32;
const MAX_RANGES = 30;
const MAX_TRIALS = 750;
const MAX_PARALLEL = 100;
const MAX_EPOCHS = 20_000;

/** Both names of the same setting. Hyperband takes the longest trials' epochs from the first, and we set it. */
const EPOCHS = ['epochs', 'train.epochs'];

const numbers = z
  .strictObject({
    kind: z.enum(['whole', 'number']),
    min: z.number(),
    max: z.number(),
    scale: z.enum(['linear', 'log']),
  })
  .refine(({ min, max }) => min < max, { error: 'min has to be below max' })
  .refine(({ min, scale }) => scale === 'linear' || min > 0, { error: 'a logarithmic scale begins above 0' })
  .refine(({ kind, min, max }) => kind === 'number' || (Number.isInteger(min) && Number.isInteger(max)), {
    error: 'whole numbers lie between whole numbers',
  });
const choice = z.strictObject({ kind: z.literal('choice'), values: z.array(z.string().max(256)).min(2).max(30) });

const tuningSchema = z
  .object({
    job: z.object({ name: z.string().max(MAX_NAME), hyperparameters: z.record(z.string(), z.string()) }),
    ranges: z
      .record(z.string().min(1).max(256), z.union([numbers, choice]))
      .refine((ranges) => Object.keys(ranges).length > 0, { error: 'at least one range' })
      .refine((ranges) => Object.keys(ranges).length <= MAX_RANGES, { error: `at most ${MAX_RANGES} ranges` }),
    minEpochs: z.int().min(1),
    maxEpochs: z.int().max(MAX_EPOCHS),
    maxTrials: z.int().min(1).max(MAX_TRIALS),
    maxParallel: z.int().min(1).max(MAX_PARALLEL),
    seed: z.int().nonnegative(),
  })
  .refine(({ minEpochs, maxEpochs }) => minEpochs < maxEpochs, {
    path: ['maxEpochs'],
    error: 'the longest trials have more epochs than the shortest',
  })
  .refine(
    ({ job, ranges }) =>
      [job.hyperparameters, ranges].every((named) => EPOCHS.every((name) => !Object.hasOwn(named, name))),
    {
      path: ['ranges', 'epochs'],
      error: 'epochs are what Hyperband gives out',
    },
  )
  .refine(({ job, ranges }) => Object.keys(ranges).every((name) => !Object.hasOwn(job.hyperparameters, name)), {
    path: ['ranges'],
    error: 'a hyperparameter is searched for and fixed at once',
  });

/**
 * Refuses what the platform refuses.
 *
 * @throws {E_JOB_INVALID}
 */
export function assertTuningSpec(spec: TuningSpec): void {
  assertJobSpec(spec.job);
  const parsed = tuningSchema.safeParse(spec);
  if (parsed.success) return;
  const [issue] = parsed.error.issues;
  throw new NerError(
    'E_JOB_INVALID',
    `startTuning: ${issue!.path.map(String).join('.')} is not as the platform takes it, got ${JSON.stringify(spec.job.name.slice(0, 80))} ` +
      `with: ${issue!.message}; expected a search by the rules of CreateHyperParameterTuningJob.`,
  );
}
