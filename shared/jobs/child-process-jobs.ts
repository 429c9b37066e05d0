import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { STOP_GRACE_SECONDS } from '../contracts/training-job.ts';
import type { EventBus } from '../events/event-bus.ts';
import { NerError } from '../ner-error.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { type AttemptEnding, type EndReason, runAttempt } from './job-attempt.ts';
import { assertSameJob, unknownJob } from './job-errors.ts';
import { createJobLog } from './job-log.ts';
import { assertJobSpec } from './job-spec.ts';
import { JobTable, type StoredJob } from './job-table.ts';
import { takeRunnerLock } from './runner-lock.ts';
import { TRAINER_COMMAND } from './trainer-process.ts';
import type { JobDescription, JobSpec, TrainingJobs } from './training-jobs.ts';

export interface ChildProcessJobsOptions {
  /** Folder of the jobs' table, trees and logs. Made when it is not there. */
  readonly root: string;
  readonly store: ObjectStore;
  readonly bus: EventBus;
  readonly clock: () => Date;
  /** What is started, with `train` as its last argument. Default: the training container's entry. */
  readonly command?: readonly string[];
  /** Between SIGTERM and SIGKILL. Default: STOP_GRACE_SECONDS. */
  readonly graceSeconds?: number;
  /** Jobs at work at once; the others are Pending. Default 1: training takes all cores as it is. */
  readonly maxAtOnce?: number;
  /** Jobs that have not ended, beyond which none is taken. Default 100. */
  readonly maxUnfinished?: number;
  /** A job whose process is gone so often, without having been told to go, has failed. Default 3. */
  readonly maxLosses?: number;
  /** How often each change is told. Default 1; the cloud may tell twice, and so can a test. */
  readonly eventCopies?: number;
  /** Told of what failed in running jobs and is tried again: no place for it but a log. Tweets are never in it. */
  readonly onError?: (error: unknown) => void;
}

const LOOK_MS = 250;
const LOG_MAX_BYTES = 1024 ** 2;

interface RunningAttempt {
  readonly since: number;
  readonly end: AbortController;
  readonly done: Promise<void>;
}

/**
 * Training jobs as child processes over `/opt/ml`-like trees, with SageMaker's promises. Any process may start, stop and
 * describe jobs of a folder; one of them runs them, by `run`. State is on disk: jobs of a process that died are found by
 * the next one and go on from their checkpoints, as after the interruption of a spot instance. Trainers of a process that
 * died notice, save and end.
 */
export class ChildProcessJobs implements TrainingJobs {
  readonly #options: ChildProcessJobsOptions;
  readonly #table: JobTable;
  readonly #running = new Map<string, RunningAttempt>();
  #telling: Promise<void> = Promise.resolve();
  #wake = new AbortController();

  constructor(options: ChildProcessJobsOptions) {
    this.#options = options;
    this.#table = new JobTable(join(options.root, 'jobs.sqlite'), options.clock);
  }

  async start(spec: JobSpec): Promise<boolean> {
    assertJobSpec(spec);
    const known = this.#table.find(spec.name);
    if (known === undefined) this.#assertRoom();
    const there = known ?? this.#table.add(spec);
    if (there !== undefined) {
      assertSameJob(spec, there.spec);
      return false;
    }
    await this.#tell();
    this.#wake.abort();
    return true;
  }

  async describe(name: string): Promise<JobDescription | undefined> {
    return this.#table.find(name)?.description;
  }

  async list({ max = 100 }: { readonly max?: number } = {}): Promise<readonly JobDescription[]> {
    return this.#table.list(max).map(({ description }) => description);
  }

  async stop(name: string): Promise<void> {
    if (!this.#table.wantStop(name)) throw unknownJob(name);
    this.#look();
    await this.#tell();
  }

  /** Takes a job's process away, as a spot instance is taken: it starts again from its checkpoints. */
  interrupt(name: string): void {
    const attempt = this.#running.get(name);
    if (attempt === undefined) throw unknownJob(name);
    endAttempt(attempt, 'interrupt');
  }

  /** File with what a job's trainer printed; what came before lies beside it, with `.1` at the end of its name. */
  logFile(name: string): string {
    return join(this.#folderOf(name), 'log');
  }

  /**
   * Runs the jobs until the signal, then interrupts those at work; call it once. While another process runs the jobs of
   * this folder it waits, to take its place.
   */
  async run(signal: AbortSignal): Promise<void> {
    const lock = await this.#lock(signal);
    if (lock === undefined) return;
    try {
      this.#takeOver();
      while (!signal.aborted) {
        this.#guarded(() => {
          this.#fill();
          this.#look();
        });
        await this.#tell();
        await this.#pause(signal);
      }
      for (const attempt of this.#running.values()) endAttempt(attempt, 'interrupt');
      await Promise.all([...this.#running.values()].map(({ done }) => done));
      await this.#tell();
    } finally {
      lock.release();
    }
  }

  close(): void {
    this.#table.close();
  }

  async #lock(signal: AbortSignal): Promise<ReturnType<typeof takeRunnerLock>> {
    for (;;) {
      if (signal.aborted) return undefined;
      const lock = takeRunnerLock(join(this.#options.root, 'runner.lock'));
      if (lock !== undefined) return lock;
      await this.#pause(signal);
    }
  }

  /** Jobs that a process which is gone had at work. */
  #takeOver(): void {
    for (const { spec, stage } of this.#table.unfinished()) {
      if (stage === 'Pending' || stage === 'Interrupted') continue;
      this.#lose(spec.name, 'the process that ran it was gone');
    }
  }

  #fill(): void {
    const { maxAtOnce = 1 } = this.#options;
    while (this.#running.size < maxAtOnce) {
      const job = this.#table.claim();
      if (job === undefined) return;
      const { name } = job.spec;
      const end = new AbortController();
      const done = this.#attempt(job, end.signal)
        .catch((error: unknown) => {
          this.#options.onError?.(error);
          this.#lose(name, error instanceof Error ? error.message : String(error));
        })
        .finally(() => {
          this.#running.delete(name);
          this.#wake.abort();
        });
      this.#running.set(name, { since: this.#options.clock().getTime(), end, done });
    }
  }

  /** Ends what is to be stopped, by whichever process, and what has had its time. */
  #look(): void {
    const now = this.#options.clock().getTime();
    for (const [name, attempt] of this.#running) {
      const { status, spec } = this.#table.find(name)!;
      if (status === 'Stopping') endAttempt(attempt, 'stop');
      else if (now - attempt.since >= spec.maxRuntimeSeconds * 1_000) endAttempt(attempt, 'max-runtime');
    }
  }

  async #attempt({ spec, attempts }: StoredJob, signal: AbortSignal): Promise<void> {
    const { store, command = TRAINER_COMMAND, graceSeconds = STOP_GRACE_SECONDS } = this.#options;
    const { name } = spec;
    const folder = this.#folderOf(name);
    await mkdir(folder, { recursive: true });
    const ending = await runAttempt({
      ...{ spec, attempt: attempts, folder, store, command, signal },
      graceMs: graceSeconds * 1_000,
      log: createJobLog(this.logFile(name), LOG_MAX_BYTES),
      onStage: (stage) => {
        this.#table.move(name, { status: 'InProgress', stage });
        this.#wake.abort();
      },
      onMetrics: (values) => {
        this.#guarded(() => {
          this.#table.measure(name, values);
        });
      },
    });
    const over = this.#settle(name, ending);
    if (over) await removeTrees(folder);
  }

  /** @returns whether the job has ended */
  #settle(name: string, ending: AttemptEnding): boolean {
    const { status } = this.#table.find(name)!;
    if (status === 'Stopping') this.#table.move(name, { status: 'Stopped', stage: 'Stopped' });
    else {
      switch (ending.kind) {
        case 'completed':
          this.#table.move(name, { status: 'Completed', stage: 'Completed' });
          break;
        case 'failed':
          this.#table.move(name, { status: 'Failed', stage: 'Failed', failureReason: ending.reason });
          break;
        case 'lost':
          this.#lose(name, ending.reason);
          break;
        case 'ended':
          this.#table.move(
            name,
            ending.because === 'interrupt'
              ? { status: 'InProgress', stage: 'Interrupted' }
              : { status: 'Stopped', stage: 'MaxRuntimeExceeded' },
          );
      }
    }
    return this.#table.find(name)!.description.endedAt !== undefined;
  }

  #lose(name: string, reason: string): void {
    this.#table.lose(name, { reason, maxLosses: this.#options.maxLosses ?? 3 });
  }

  /**
   * Tells the bus what it was not told yet. One at a time, so that the oldest comes first; what the bus does not take now is
   * told by `run` later.
   */
  #tell(): Promise<void> {
    const { bus, eventCopies = 1, onError } = this.#options;
    this.#telling = this.#telling
      .then(async () => {
        for (const { seq, event } of this.#table.untold()) {
          for (let copy = 0; copy < eventCopies; copy++) await bus.publish([event]);
          this.#table.told(seq);
        }
      })
      .catch((error: unknown) => onError?.(error));
    return this.#telling;
  }

  /** A database that is busy for a moment is no reason to leave trainers alone. */
  #guarded(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#options.onError?.(error);
    }
  }

  async #pause(signal: AbortSignal): Promise<void> {
    const woken = this.#wake.signal;
    await setTimeout(LOOK_MS, undefined, { signal: AbortSignal.any([signal, woken]) }).catch((error: unknown) => {
      if (!(error instanceof Error && error.name === 'AbortError')) throw error;
    });
    if (woken.aborted) this.#wake = new AbortController();
  }

  #assertRoom(): void {
    const { maxUnfinished = 100 } = this.#options;
    const unfinished = this.#table.unfinished().length;
    if (unfinished < maxUnfinished) return;
    throw new NerError(
      'E_JOB_LIMIT',
      `start: there are too many jobs already, got ${unfinished} that have not ended; expected fewer than ${maxUnfinished}. ` +
        'Wait for one to end, or stop one.',
    );
  }

  #folderOf(name: string): string {
    return join(this.#options.root, name);
  }
}

/** The first reason counts. */
function endAttempt({ end }: RunningAttempt, reason: EndReason): void {
  if (!end.signal.aborted) end.abort(reason);
}

/** The log stays. */
async function removeTrees(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('ml-')) await rm(join(folder, name), { recursive: true, force: true, maxRetries: 3 });
  }
}
