import { describe, expect, test } from 'vitest';
import { FINGERPRINT_HYPERPARAMETER, TERMINAL_JOB_STATUSES } from '../../../shared/contracts/training-job.ts';
import type { JobSpec, TrainingJobs } from '../../../shared/jobs/training-jobs.ts';
import { codeOf } from '../error-code.ts';
import { type Deviation, testOrDeviation } from './deviation.ts';

/** A job runner, and a job that it can run to its end. */
export interface TrainingJobsUnderTest {
  readonly jobs: TrainingJobs;
  /** A valid spec; its channels lie in the store. */
  readonly spec: JobSpec;
  /** Resolves once the job has ended, however. */
  readonly ended: (name: string) => Promise<void>;
}

export interface TrainingJobsDeviations {
  readonly nameInUse?: Deviation;
  readonly anotherFingerprint?: Deviation;
  readonly newestFirst?: Deviation;
}

const many = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`h${i}`, 'x']));

/** Each breaks one rule of the platform. */
const INVALID: readonly (readonly [string, (spec: JobSpec) => Partial<JobSpec>])[] = [
  ['no name', () => ({ name: '' })],
  ['a name that begins with a hyphen', () => ({ name: '-a' })],
  ['a name with an underscore', () => ({ name: 'a_b' })],
  ['a name of 64 characters', () => ({ name: 'a'.repeat(64) })],
  ['101 hyperparameters', ({ hyperparameters }) => ({ hyperparameters: { ...hyperparameters, ...many(100) } })],
  [
    'a value of 257 characters',
    ({ hyperparameters }) => ({ hyperparameters: { ...hyperparameters, a: 'x'.repeat(257) } }),
  ],
  [
    'a key of 257 characters',
    ({ hyperparameters }) => ({ hyperparameters: { ...hyperparameters, ['k'.repeat(257)]: 'x' } }),
  ],
  ['no fingerprint', () => ({ hyperparameters: { epochs: '1' } })],
  ['no channel', () => ({ channels: {} })],
  ['21 channels', () => ({ channels: many(21) })],
  ['a channel with a space in its name', () => ({ channels: { 'a b': 'datasets/x/' } })],
  ['a channel from outside the store', () => ({ channels: { train: '../secrets/' } })],
  ['an output prefix that is no folder', () => ({ outputPrefix: 'jobs' })],
  ['a checkpoint prefix that is no folder', () => ({ checkpointPrefix: 'jobs/a' })],
  ['no run time', () => ({ maxRuntimeSeconds: 0 })],
  ['more than 28 days', () => ({ maxRuntimeSeconds: 28 * 24 * 3_600 + 1 })],
];

/** What every TrainingJobs does. `make` gives one without jobs; it is called inside tests. */
export function trainingJobsConformance(
  name: string,
  make: () => Promise<TrainingJobsUnderTest>,
  deviations: TrainingJobsDeviations = {},
): void {
  describe(`${name} as training jobs`, () => {
    test('starts a job and tells of it', async () => {
      const { jobs, spec, ended } = await make();
      expect(await jobs.start(spec)).toBe(true);
      const { output, hyperparameters, createdAt } = (await jobs.describe(spec.name))!;
      expect(output).toBe(`${spec.outputPrefix}${spec.name}/output/`);
      expect(hyperparameters).toEqual(spec.hyperparameters);
      expect(createdAt).toBeInstanceOf(Date);
      await ended(spec.name);
      const done = (await jobs.describe(spec.name))!;
      expect(TERMINAL_JOB_STATUSES).toContain(done.status);
      expect(done.endedAt!.getTime()).toBeGreaterThanOrEqual(done.createdAt.getTime());
    });

    testOrDeviation('leaves a job alone that is started again', deviations.nameInUse, async () => {
      const { jobs, spec, ended } = await make();
      expect(await jobs.start(spec)).toBe(true);
      expect(await jobs.start(spec)).toBe(false);
      await ended(spec.name);
      const before = await jobs.describe(spec.name);
      expect(await jobs.start(spec)).toBe(false);
      expect(await jobs.describe(spec.name)).toEqual(before);
      expect(await jobs.list()).toHaveLength(1);
    });

    testOrDeviation('fails for a name that another job has', deviations.anotherFingerprint, async () => {
      const { jobs, spec } = await make();
      await jobs.start(spec);
      const other = { ...spec, hyperparameters: { ...spec.hyperparameters, [FINGERPRINT_HYPERPARAMETER]: 'another' } };
      expect(await codeOf(() => jobs.start(other))).toBe('E_JOB_CONFLICT');
      expect((await jobs.describe(spec.name))?.hyperparameters).toEqual(spec.hyperparameters);
    });

    test('fails for whatever the platform refuses, and starts nothing', async () => {
      const { jobs, spec } = await make();
      for (const [what, change] of INVALID) {
        expect([what, await codeOf(() => jobs.start({ ...spec, ...change(spec) }))]).toEqual([what, 'E_JOB_INVALID']);
      }
      expect(await jobs.list()).toEqual([]);
    });

    test('knows nothing of a job that was never started', async () => {
      const { jobs } = await make();
      expect(await jobs.describe('no-such-job')).toBeUndefined();
      expect(await codeOf(() => jobs.stop('no-such-job'))).toBe('E_JOB_UNKNOWN');
      expect(await jobs.list()).toEqual([]);
    });

    testOrDeviation(
      'lists the newest jobs first, and no more than were asked for',
      deviations.newestFirst,
      async () => {
        const { jobs, spec, ended } = await make();
        const names = ['first', 'second', 'third'].map((which) => `${spec.name.slice(0, 50)}-${which}`);
        for (const name of names) {
          await jobs.start({ ...spec, name });
          await ended(name);
        }
        expect((await jobs.list()).map(({ name }) => name)).toEqual([...names].reverse());
        expect((await jobs.list({ max: 2 })).map(({ name }) => name)).toEqual([...names].reverse().slice(0, 2));
      },
    );

    test('leaves a job that has ended as it is when it is stopped', async () => {
      const { jobs, spec, ended } = await make();
      await jobs.start(spec);
      await ended(spec.name);
      const before = await jobs.describe(spec.name);
      await jobs.stop(spec.name);
      expect(await jobs.describe(spec.name)).toEqual(before);
    });
  });
}
