import { z } from 'zod';
import { AGGREGATIONS } from './aggregation.ts';
import { PREDICT_MAX_TEXTS, TWEET_MAX_CODE_POINTS } from './limits.ts';
import { VERDICTS } from './promotion.ts';
import { JOB_STATUSES } from './training-job.ts';
import { entitySchema, tweetSchema } from './tweet.ts';

const count = z.int().nonnegative();

/** One text of a predict request. JSON Schema's maxLength counts code points, `String.length` UTF-16 units. */
const textSchema = z
  .string()
  .refine((text) => text.length <= TWEET_MAX_CODE_POINTS || Array.from(text).length <= TWEET_MAX_CODE_POINTS, {
    error: `a text has at most ${TWEET_MAX_CODE_POINTS} code points`,
  })
  .meta({ maxLength: TWEET_MAX_CODE_POINTS });

/** Body of `POST /v1/predict`. Unknown keys are refused: a misspelt option must not be ignored in silence. */
export const predictRequestSchema = z
  .strictObject({
    texts: z.array(textSchema).min(1).max(PREDICT_MAX_TEXTS),
    /** How pieces of words become entities, as in transformers' pipeline. Default: decoded word by word under the BIO rules. */
    aggregation: z.enum(AGGREGATIONS).optional(),
  })
  .meta({ id: 'PredictRequest' });

/** An entity by the name it has in the API's document. */
const foundSchema = entitySchema.meta({ id: 'Entity' });

/** Answer of `POST /v1/predict`: one result a text, in the order of the request. */
export const predictResponseSchema = z
  .object({
    /** The id of the model that answered: the same for all texts of one request, whatever is promoted meanwhile. */
    model: z.string(),
    results: z.array(z.object({ entities: z.array(foundSchema) })),
  })
  .meta({ id: 'PredictResponse' });
export type PredictResponse = z.infer<typeof predictResponseSchema>;

/** A tweet as `POST /v1/tweets` takes it, by the name it has in the API's document. */
export const tweetInSchema = tweetSchema.meta({ id: 'Tweet' });

/** Answer of `POST /v1/tweets`. `errors` names the first rejected lines; all of them are in quarantine. */
export const ingestResponseSchema = z
  .object({
    accepted: count,
    rejected: count,
    /** Queue messages that the accepted tweets were packed into. */
    messages: count,
    errors: z.array(z.object({ line: z.int().positive(), reason: z.string() })),
  })
  .meta({ id: 'IngestResponse' });
export type IngestResponse = z.infer<typeof ingestResponseSchema>;

/** One published model. `metrics` are entity figures in [0, 1], by split. */
export const modelSummarySchema = z
  .object({
    id: z.string(),
    current: z.boolean(),
    createdAt: z.iso.datetime().optional(),
    labels: z.array(z.string()),
    metrics: z.record(z.string(), z.object({ precision: z.number(), recall: z.number(), f1: z.number() })),
    sizeBytes: count,
  })
  .meta({ id: 'ModelSummary' });
export type ModelSummary = z.infer<typeof modelSummarySchema>;

/** Answer of `GET /v1/models`, the current one first. */
export const modelsResponseSchema = z.object({ models: z.array(modelSummarySchema) }).meta({ id: 'ModelsResponse' });

/** How far a training run is, for people to look at. */
export const trainingStatusSchema = z
  .object({
    step: count,
    steps: count,
    epoch: count,
    epochs: count,
    loss: z.number().optional(),
    /** Entity F1 on the dev split after the last finished epoch, in [0, 1]. */
    devF1: z.number().min(0).max(1).optional(),
    tweetsPerSecond: z.number().nonnegative().optional(),
    secondsLeft: z.number().nonnegative().optional(),
  })
  .meta({ id: 'TrainingStatus' });
export type TrainingStatus = z.infer<typeof trainingStatusSchema>;

/** What became of a job's model. F1 is that of entities on the frozen test set, in [0, 1]. */
export const jobDecisionSchema = z
  .object({
    verdict: z.enum(VERDICTS),
    /** For people. */
    reason: z.string(),
    decidedAt: z.iso.datetime(),
    modelId: z.string().optional(),
    f1: z.number().optional(),
    /** Of the model that it was compared with; null where there was none. */
    championF1: z.number().nullable().optional(),
  })
  .meta({ id: 'JobDecision' });
export type JobDecision = z.infer<typeof jobDecisionSchema>;

/** A training job that an upload started. */
export const jobSummarySchema = z
  .object({
    name: z.string(),
    /** `NAME/VERSION`. */
    dataset: z.string(),
    status: z.enum(JOB_STATUSES),
    /** The platform's word for what it is at: Downloading, Training, MaxRuntimeExceeded. */
    stage: z.string(),
    createdAt: z.iso.datetime(),
    startedAt: z.iso.datetime().optional(),
    endedAt: z.iso.datetime().optional(),
    failureReason: z.string().optional(),
    /** The last value of each figure that the trainer printed. */
    metrics: z.record(z.string(), z.number()),
    /** Not before the job has ended, and a little later. */
    decision: jobDecisionSchema.optional(),
  })
  .meta({ id: 'Job' });
export type JobSummary = z.infer<typeof jobSummarySchema>;

/** Answer of `GET /v1/jobs`, the newest first. */
export const jobsResponseSchema = z.object({ jobs: z.array(jobSummarySchema) }).meta({ id: 'JobsResponse' });

/** What an operator is told of: docs/operations-local.md says what to do about each. */
export const ALARM_CODES = [
  'model_refused',
  'tagger_paused',
  'dead_letters',
  'queue_full',
  'source_failed',
  'dataset_refused',
  'job_failed',
  'event_failed',
] as const;
export type AlarmCode = (typeof ALARM_CODES)[number];

/** Something that needs an operator, for as long as it does. */
export const alarmSchema = z
  .object({ code: z.enum(ALARM_CODES), detail: z.string(), since: z.iso.datetime() })
  .meta({ id: 'Alarm' });
export type Alarm = z.infer<typeof alarmSchema>;

/** `waiting`: between two tries. `done`: at its end. `failed`: waiting cannot mend it. `stopped`: by the host's end. */
const sourceStateSchema = z.enum(['connecting', 'live', 'waiting', 'done', 'failed', 'stopped']);
export type SourceState = z.infer<typeof sourceStateSchema>;

/** Where tweets come from, and how that goes. */
export const sourceStatusSchema = z
  .object({
    name: z.string(),
    state: sourceStateSchema,
    /** When it came into this state. */
    since: z.iso.datetime(),
    /** Why, or where it is connected. */
    reason: z.string().optional(),
    /** Tweets that the queue has accepted of it since the host started. */
    received: count,
    lastEventAt: z.iso.datetime().nullable(),
    reconnects: count,
  })
  .meta({ id: 'SourceStatus' });
export type SourceStatus = z.infer<typeof sourceStatusSchema>;

/** Jobs that uploads have started, and what became of the last one. */
export const retrainingStatusSchema = z
  .object({
    /** The job that trains, or whose model is being measured. */
    running: jobSummarySchema.nullable(),
    /** Jobs that wait for that one. */
    waiting: count,
    /** The last job that something was decided about. */
    last: jobSummarySchema.nullable(),
  })
  .meta({ id: 'RetrainingStatus' });
export type RetrainingStatus = z.infer<typeof retrainingStatusSchema>;

/** What the host is doing. The four counters in the middle count tweets since the host started. */
export const hostStatusSchema = z
  .object({
    /** A model is loaded and answers. */
    ready: z.boolean(),
    modelId: z.string().nullable(),
    tweetsPerSecond: z.number().nonnegative(),
    tagged: count,
    failed: count,
    duplicates: count,
    rejected: count,
    queue: z.object({ ready: count, inFlight: count, dead: count }),
    training: trainingStatusSchema.optional(),
    /** Left out by a host that does not retrain. */
    retraining: retrainingStatusSchema.optional(),
    /** The oldest first; none when all is well. */
    alarms: z.array(alarmSchema),
    /** Left out when tweets come over HTTP and from files alone. */
    sources: z.array(sourceStatusSchema).optional(),
  })
  .meta({ id: 'HostStatus' });
export type HostStatus = z.infer<typeof hostStatusSchema>;

/** `data` of the stream's `tagged` events: a tweet with what was found in it. */
export const liveTweetSchema = z
  .object({
    id: z.string(),
    text: z.string(),
    author: z.string().optional(),
    entities: z.array(foundSchema),
    taggedAt: z.iso.datetime(),
  })
  .meta({ id: 'LiveTweet' });
export type LiveTweet = z.infer<typeof liveTweetSchema>;

/** `data` of the stream's `top` events: the entities seen most often, most frequent first. */
export const topEntitiesSchema = z
  .object({ entities: z.array(z.object({ type: z.string(), text: z.string(), count: z.int().positive() })) })
  .meta({ id: 'TopEntities' });
export type TopEntities = z.infer<typeof topEntitiesSchema>;

/** Answer of `GET /healthz` and `GET /readyz`. */
export const healthSchema = z.object({ status: z.literal('ok'), model: z.string().nullable() }).meta({ id: 'Health' });

/** Every error (RFC 9457). `code` is one of docs/errors.md; `errors` lists what is wrong in the body, by JSON pointer. */
export const problemSchema = z
  .object({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().optional(),
    requestId: z.string(),
    code: z.string(),
    errors: z.array(z.object({ pointer: z.string(), detail: z.string() })).optional(),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof problemSchema>;
