import { z } from 'zod';
import type { TrainingJobChanged } from '../contracts/events.ts';
import {
  hyperparametersSchema,
  JOB_STAGES,
  jobStatusSchema,
  TERMINAL_JOB_STATUSES,
  type JobStage,
  type JobStatus,
} from '../contracts/training-job.ts';
import { Database } from '../sqlite/database.ts';
import type { JobDescription, JobMetric, JobSpec } from './training-jobs.ts';

/** A job as the runner knows it. */
export interface StoredJob {
  readonly spec: JobSpec;
  readonly status: JobStatus;
  readonly stage: JobStage;
  /** How often it was started. */
  readonly attempts: number;
  /** How often its process was gone without having been told to go. */
  readonly losses: number;
  readonly description: JobDescription;
}

export interface JobChange {
  readonly status: JobStatus;
  readonly stage: JobStage;
  readonly failureReason?: string;
}

/** Stages in which no process is at work. */
const WAITING = `('Pending', 'Interrupted')`;
const UNFINISHED = `('InProgress', 'Stopping')`;

const SCHEMA = `
  CREATE TABLE jobs (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, spec TEXT NOT NULL, status TEXT NOT NULL,
    stage TEXT NOT NULL, failure TEXT, created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER,
    attempts INTEGER NOT NULL, losses INTEGER NOT NULL, metrics TEXT NOT NULL
  ) STRICT;
  CREATE TABLE changes (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, status TEXT NOT NULL, stage TEXT NOT NULL,
    failure TEXT, at INTEGER NOT NULL
  ) STRICT;
`;

const specSchema = z.object({
  name: z.string(),
  hyperparameters: hyperparametersSchema,
  channels: z.record(z.string(), z.string()),
  outputPrefix: z.string(),
  checkpointPrefix: z.string(),
  maxRuntimeSeconds: z.number(),
});
const metricsSchema = z.record(z.string(), z.object({ value: z.number(), at: z.number() }));
const stage = z.enum(JOB_STAGES);

const rowSchema = z.object({
  spec: z.string().transform((text) => specSchema.parse(JSON.parse(text))),
  status: jobStatusSchema,
  stage,
  failure: z.string().nullable(),
  created_at: z.number(),
  started_at: z.number().nullable(),
  ended_at: z.number().nullable(),
  attempts: z.number(),
  losses: z.number(),
  metrics: z.string().transform((text) => metricsSchema.parse(JSON.parse(text))),
});

const changeSchema = z.object({
  seq: z.number(),
  spec: rowSchema.shape.spec,
  status: jobStatusSchema,
  stage,
  failure: z.string().nullable(),
  at: z.number(),
});

/** A figure is printed again soon, so it need not be on disk. */
const LOSABLE = { durable: false };

/**
 * The jobs of a folder in one SQLite file, and their changes that nobody has been told of yet: a change and the news of it
 * are one transaction, so that neither is there without the other after a `kill -9`.
 */
export class JobTable {
  readonly #db: Database;
  readonly #clock: () => Date;

  constructor(path: string, clock: () => Date) {
    this.#db = new Database({ path, what: 'jobs', version: 1, schema: SCHEMA });
    this.#clock = clock;
  }

  /** Adds a job unless the name is in use. @returns the job that had the name before */
  add(spec: JobSpec): StoredJob | undefined {
    return this.#db.transaction(() => {
      const there = this.#find(spec.name);
      if (there !== undefined) return there;
      this.#db
        .prepare(`INSERT INTO jobs VALUES (NULL, ?, ?, 'InProgress', 'Pending', NULL, ?, NULL, NULL, 0, 0, '{}')`)
        .run(spec.name, JSON.stringify(spec), this.#now());
      this.#tell(spec.name, { status: 'InProgress', stage: 'Pending' });
      return undefined;
    });
  }

  find(name: string): StoredJob | undefined {
    return this.#db.read(() => this.#find(name));
  }

  /** The newest first. */
  list(max: number): readonly StoredJob[] {
    return this.#db.read(() => this.#db.prepare('SELECT * FROM jobs ORDER BY seq DESC LIMIT ?').all(max).map(jobOf));
  }

  /** Jobs that have not ended. */
  unfinished(): readonly StoredJob[] {
    return this.#db.read(() =>
      this.#db.prepare(`SELECT * FROM jobs WHERE status IN ${UNFINISHED} ORDER BY seq`).all().map(jobOf),
    );
  }

  /** Takes the oldest job that waits, to run it. */
  claim(): StoredJob | undefined {
    return this.#db.transaction(() => {
      const row = this.#db
        .prepare(`SELECT name FROM jobs WHERE status = 'InProgress' AND stage IN ${WAITING} ORDER BY seq LIMIT 1`)
        .get();
      if (row === undefined) return undefined;
      const name = String(row['name']);
      this.#db
        .prepare('UPDATE jobs SET attempts = attempts + 1, started_at = coalesce(started_at, ?) WHERE name = ?')
        .run(this.#now(), name);
      this.#move(name, { status: 'InProgress', stage: 'Starting' });
      return this.#find(name);
    });
  }

  /** Moves a job that has not ended. A job that is to stop stays so until it has ended. */
  move(name: string, change: JobChange): void {
    this.#db.transaction(() => {
      this.#move(name, change);
    });
  }

  /** Wants a job to stop: at once where no process is at work on it. @returns false for a name that no job has */
  wantStop(name: string): boolean {
    return this.#db.transaction(() => {
      const job = this.#find(name);
      if (job === undefined) return false;
      if (job.status !== 'InProgress') return true;
      const waits = job.stage === 'Pending' || job.stage === 'Interrupted';
      this.#move(name, waits ? { status: 'Stopped', stage: 'Stopped' } : { status: 'Stopping', stage: 'Stopping' });
      return true;
    });
  }

  /** A process that was at work on the job is gone: it waits again, unless it is to stop or was lost too often. */
  lose(name: string, { reason, maxLosses }: { readonly reason: string; readonly maxLosses: number }): void {
    this.#db.transaction(() => {
      this.#db.prepare('UPDATE jobs SET losses = losses + 1 WHERE name = ?').run(name);
      const { status, losses } = this.#find(name)!;
      if (status === 'Stopping') this.#move(name, { status: 'Stopped', stage: 'Stopped' });
      else if (losses < maxLosses) this.#move(name, { status: 'InProgress', stage: 'Interrupted' });
      else {
        const failureReason = `the trainer was lost ${losses} times, last because ${reason}.`;
        this.#move(name, { status: 'Failed', stage: 'Failed', failureReason });
      }
    });
  }

  measure(name: string, values: readonly Omit<JobMetric, 'at'>[]): void {
    const at = this.#now();
    const added = JSON.stringify(Object.fromEntries(values.map(({ name: metric, value }) => [metric, { value, at }])));
    this.#db.transaction(() => {
      this.#db.prepare('UPDATE jobs SET metrics = json_patch(metrics, ?) WHERE name = ?').run(added, name);
    }, LOSABLE);
  }

  /** Changes that were not told yet, the oldest first, as events; an event's place goes to `told`. */
  untold(): readonly { readonly seq: number; readonly event: TrainingJobChanged }[] {
    return this.#db.read(() =>
      this.#db
        .prepare('SELECT changes.*, spec FROM changes JOIN jobs USING (name) ORDER BY changes.seq')
        .all()
        .map((row) => {
          const change = changeSchema.parse(row);
          return { seq: change.seq, event: eventOf(change) };
        }),
    );
  }

  told(seq: number): void {
    this.#db.transaction(() => {
      this.#db.prepare('DELETE FROM changes WHERE seq = ?').run(seq);
    });
  }

  close(): void {
    this.#db.close();
  }

  #find(name: string): StoredJob | undefined {
    const row = this.#db.prepare('SELECT * FROM jobs WHERE name = ?').get(name);
    return row === undefined ? undefined : jobOf(row);
  }

  #move(name: string, change: JobChange): void {
    const { status } = this.#find(name)!;
    if (TERMINAL_JOB_STATUSES.has(status)) return;
    const ends = TERMINAL_JOB_STATUSES.has(change.status);
    const next = status === 'Stopping' && !ends ? { ...change, status } : change;
    this.#db
      .prepare('UPDATE jobs SET status = ?, stage = ?, failure = ?, ended_at = ? WHERE name = ?')
      .run(next.status, next.stage, next.failureReason ?? null, ends ? this.#now() : null, name);
    this.#tell(name, next);
  }

  #tell(name: string, { status, stage, failureReason }: JobChange): void {
    this.#db
      .prepare('INSERT INTO changes VALUES (NULL, ?, ?, ?, ?, ?)')
      .run(name, status, stage, failureReason ?? null, this.#now());
  }

  #now(): number {
    return this.#clock().getTime();
  }
}

function jobOf(row: unknown): StoredJob {
  const { spec, status, stage, attempts, losses, ...rest } = rowSchema.parse(row);
  const description: JobDescription = {
    name: spec.name,
    status,
    stage,
    ...(rest.failure === null ? {} : { failureReason: rest.failure }),
    hyperparameters: spec.hyperparameters,
    output: `${spec.outputPrefix}${spec.name}/output/`,
    createdAt: new Date(rest.created_at),
    ...(rest.started_at === null ? {} : { startedAt: new Date(rest.started_at) }),
    ...(rest.ended_at === null ? {} : { endedAt: new Date(rest.ended_at) }),
    metrics: Object.entries(rest.metrics).map(([name, { value, at }]) => ({ name, value, at: new Date(at) })),
  };
  return { spec, status, stage, attempts, losses, description };
}

function eventOf({ seq, spec, status, stage, failure, at }: z.output<typeof changeSchema>): TrainingJobChanged {
  return {
    id: `${spec.name}-${seq}`,
    time: new Date(at).toISOString(),
    source: 'aws.sagemaker',
    'detail-type': 'SageMaker Training Job State Change',
    detail: {
      TrainingJobName: spec.name,
      TrainingJobStatus: status,
      SecondaryStatus: stage,
      ...(failure === null ? {} : { FailureReason: failure }),
      HyperParameters: spec.hyperparameters,
    },
  };
}
