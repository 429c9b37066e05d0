import { z } from 'zod';
import { datasetNameSchema } from '../shared/contracts/dataset.ts';
import { DEFAULT_GATE, promotionGateSchema } from '../shared/contracts/promotion.ts';
import { hyperparametersSchema } from '../shared/contracts/training-job.ts';

const whole = z.int().positive();

/** The functions, by the names of their bundles. */
export const FUNCTION_NAMES = ['tagger', 'trends', 'retrain', 'promote', 'api', 'backfill'] as const;
export type FunctionName = (typeof FUNCTION_NAMES)[number];

/**
 * How many taggers run at once. `concurrency`: up to `max`, for little traffic. `pollers`: provisioned ones, each some 1 MB/s
 * and ten invocations, which are paid for whether there is traffic or not, and need not be waited for when it comes.
 */
const scalingSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('concurrency'), max: z.int().min(2).max(1_000) }),
  z.strictObject({ kind: z.literal('pollers'), min: z.int().min(2).max(200), max: z.int().min(2).max(2_000) }),
]);

/** `iam`: callers sign their requests. `jwt`: anybody reaches the function, and it looks at the bearer's token. */
const authSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('iam') }),
  z.strictObject({ kind: z.literal('jwt'), issuer: z.url({ protocol: /^https$/ }), audience: z.string().min(1) }),
]);

/** CloudFront in front of the API. It signs for all that its firewall lets through, so the firewall says who may come in. */
const edgeSchema = z.strictObject({
  allowedCidrs: z.array(z.cidrv4()).min(1),
  requestsPerFiveMinutes: z.int().min(10),
});

/** Everything in which one stage differs from another. */
export const stageConfigSchema = z
  .strictObject({
    /** A part of stacks' and training jobs' names. */
    name: z.string().regex(/^[a-z][a-z0-9]{1,11}$/),
    /** Left out: those of the credentials that deploy. */
    environment: z.strictObject({ account: z.string().regex(/^\d{12}$/), region: z.string().min(1) }).optional(),
    /**
     * What becomes of data when its stack is deleted. `destroy` is the first key of two: without the context
     * `removeDataOnDestroy=true` as well, data is retained.
     */
    removal: z.enum(['retain', 'destroy']),
    terminationProtection: z.boolean(),
    architecture: z.enum(['arm64', 'x86_64']),
    logRetentionDays: z.union([z.literal(3), z.literal(7), z.literal(30), z.literal(90), z.literal(365)]),
    /** After so many days objects expire; what is not named here is kept. */
    retentionDays: z.strictObject({
      tagged: whole,
      quarantine: whole,
      jobs: whole,
      backfill: whole,
      /** Versions that were overwritten or deleted: the way back. */
      oldVersions: whole,
      /** The same of results. */
      taggedOldVersions: whole,
    }),
    tagger: z.strictObject({
      memoryMb: z.int().min(512).max(10_240),
      timeoutSeconds: z.int().min(10).max(900),
      scaling: scalingSchema,
    }),
    /**
     * Keeps so much of the account's concurrency for each function, and lets it have no more. Left out, functions share it:
     * a new account has ten in all, and none may be reserved.
     */
    reservedConcurrency: z.record(z.enum(FUNCTION_NAMES), whole).optional(),
    /** How old the look at the pointer may be: how long a promotion takes. */
    modelPollSeconds: z.int().min(1).max(3_600),
    api: z.strictObject({ auth: authSchema, edge: edgeSchema.optional() }),
    training: z.strictObject({
      /** `batch`: spot instances with checkpoints. `iterate`: on demand, with a warm pool; its quota is 0 until one asks. */
      profile: z.enum(['batch', 'iterate']),
      instanceType: z.string().regex(/^ml\./),
      volumeGb: whole,
      maxRuntimeSeconds: z.int().min(60),
      hyperparameters: hyperparametersSchema,
      /** The encoder that is fine-tuned, `encoders/NAME/`; left out, a word-level tagger is trained. */
      encoder: datasetNameSchema.optional(),
      /** Private subnets; the trainer needs no network, so most accounts leave this out. */
      network: z
        .strictObject({ subnets: z.array(z.string()).min(1), securityGroups: z.array(z.string()).min(1) })
        .optional(),
    }),
    approval: z.enum(['automatic', 'manual']),
    gate: promotionGateSchema,
    backfill: z.strictObject({
      maxConcurrency: z.int().min(1).max(1_000),
      toleratedFailurePercent: z.int().min(0).max(100),
    }),
    watch: z.strictObject({
      /** Gets every alarm, after it has confirmed the subscription. */
      email: z.email().optional(),
      oldestMessageMinutes: whole,
      budget: z.strictObject({ monthlyDollars: whole }).optional(),
    }),
  })
  .superRefine(({ api, environment, watch }, context) => {
    if (api.edge !== undefined && api.auth.kind !== 'iam') {
      context.addIssue(
        'api.edge: CloudFront takes the Authorization header for its own signature, so it goes with iam only',
      );
    }
    if (api.edge !== undefined && environment?.region !== 'us-east-1') {
      context.addIssue("api.edge: CloudFront's firewall lives in us-east-1; give the stage an environment there");
    }
    if (watch.budget !== undefined && watch.email === undefined) {
      context.addIssue('watch.budget: nobody would hear of it; give watch.email');
    }
  });
export type StageConfig = z.infer<typeof stageConfigSchema>;

/** Small and disposable: fits a new account, costs next to nothing while it is idle. */
const dev: StageConfig = {
  name: 'dev',
  removal: 'destroy',
  terminationProtection: false,
  architecture: 'arm64',
  logRetentionDays: 7,
  retentionDays: { tagged: 30, quarantine: 14, jobs: 14, backfill: 14, oldVersions: 3, taggedOldVersions: 3 },
  tagger: { memoryMb: 1_769, timeoutSeconds: 60, scaling: { kind: 'concurrency', max: 4 } },
  modelPollSeconds: 15,
  api: { auth: { kind: 'iam' } },
  training: {
    profile: 'batch',
    instanceType: 'ml.m5.xlarge',
    volumeGb: 30,
    maxRuntimeSeconds: 2 * 3_600,
    hyperparameters: {},
  },
  approval: 'automatic',
  gate: DEFAULT_GATE,
  backfill: { maxConcurrency: 2, toleratedFailurePercent: 1 },
  watch: { oldestMessageMinutes: 15 },
};

/** Retained and alarmed: 6,000 tweets a second on average, peaks of 25 times that in the queue. */
const prod: StageConfig = {
  name: 'prod',
  removal: 'retain',
  terminationProtection: true,
  architecture: 'arm64',
  logRetentionDays: 90,
  // Results are most of the bill, and personal data: who wants them for longer copies them, or pays (docs/cost.md).
  retentionDays: { tagged: 30, quarantine: 90, jobs: 90, backfill: 90, oldVersions: 90, taggedOldVersions: 7 },
  tagger: { memoryMb: 1_769, timeoutSeconds: 60, scaling: { kind: 'pollers', min: 4, max: 80 } },
  reservedConcurrency: { tagger: 400, trends: 1, retrain: 2, promote: 2, api: 50, backfill: 40 },
  modelPollSeconds: 60,
  api: { auth: { kind: 'iam' } },
  training: {
    profile: 'batch',
    instanceType: 'ml.g5.xlarge',
    volumeGb: 100,
    maxRuntimeSeconds: 12 * 3_600,
    hyperparameters: {},
  },
  approval: 'automatic',
  gate: DEFAULT_GATE,
  backfill: { maxConcurrency: 40, toleratedFailurePercent: 1 },
  watch: { oldestMessageMinutes: 5 },
};

/** Stages that `-c stage=NAME` deploys. */
export const STAGES: Readonly<Record<string, StageConfig>> = { dev, prod };

/** The stage of that name, checked. */
export function stageConfig(name: string, stages: Readonly<Record<string, unknown>> = STAGES): StageConfig {
  if (!Object.hasOwn(stages, name)) {
    const known = Object.keys(stages).join(', ');
    throw new Error(
      `stage: no stage has this name, got '${name}'; expected one of ${known}. Add it to infra/stages.ts?`,
    );
  }
  const { success, data, error } = stageConfigSchema.safeParse(stages[name]);
  if (!success) throw new Error(`stage ${name}: infra/stages.ts breaks its schema:\n${z.prettifyError(error)}`);
  return data;
}
