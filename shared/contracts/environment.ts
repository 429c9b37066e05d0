import { z } from 'zod';
import { promotionGateSchema } from './promotion.ts';
import { hyperparametersSchema } from './training-job.ts';

// The environment of each function: infra sets what these schemas say, and the function reads it by the same schema, so that
// a variable that is missing or misspelt is an error before anything is deployed. Values are text; JSON where they are more.

const json = <T extends z.ZodType>(schema: T): z.ZodPipe<z.ZodTransform<unknown, string>, T> =>
  z.preprocess((text: string, context) => {
    try {
      return JSON.parse(text) as unknown;
    } catch {
      context.addIssue('not JSON');
      return z.NEVER;
    }
  }, schema) as never;

const whole = z.coerce.number().int();

const common = {
  TAGWRIGHT_BUCKET: z.string().min(3),
  TAGWRIGHT_STAGE: z.string().min(1),
};

/** Functions that load models. */
const model = {
  /** Id or ARN of the asymmetric key whose signature a model needs. */
  TAGWRIGHT_SIGNING_KEY: z.string().min(1),
  /** How old the look at the pointer may be. */
  TAGWRIGHT_MODEL_POLL_SECONDS: whole.min(1).max(3_600),
};

export const taggerEnvironmentSchema = z.object({ ...common, ...model, TAGWRIGHT_TRENDS_QUEUE_URL: z.url() });

export const trendsEnvironmentSchema = z.object(common);

export const retrainEnvironmentSchema = z.object({
  ...common,
  /** `repository@sha256:...`, or a tag in a repository that lets no tag be changed. */
  TAGWRIGHT_TRAINING_IMAGE: z.string().min(1),
  TAGWRIGHT_TRAINING_ROLE: z.string().min(1),
  TAGWRIGHT_INSTANCE_TYPE: z.string().regex(/^ml\./),
  TAGWRIGHT_VOLUME_GB: whole.min(1),
  /** `batch`: spot with checkpoints; `iterate`: on demand, with a warm pool. */
  TAGWRIGHT_TRAINING_PROFILE: z.enum(['batch', 'iterate']),
  TAGWRIGHT_MAX_RUNTIME_SECONDS: whole.min(60),
  TAGWRIGHT_HYPERPARAMETERS: json(hyperparametersSchema),
  /** Prefix of the encoder that is fine-tuned, `encoders/NAME/`; a word-level tagger without. */
  TAGWRIGHT_ENCODER: z.string().startsWith('encoders/').optional(),
  TAGWRIGHT_DATA_KEY: z.string().min(1),
  TAGWRIGHT_SUBNETS: json(z.array(z.string()).min(1)).optional(),
  TAGWRIGHT_SECURITY_GROUPS: json(z.array(z.string()).min(1)).optional(),
  TAGWRIGHT_EVENT_BUS: z.string().min(1),
});

export const promoteEnvironmentSchema = z.object({
  ...common,
  TAGWRIGHT_SIGNING_KEY: z.string().min(1),
  TAGWRIGHT_APPROVAL: z.enum(['automatic', 'manual']),
  TAGWRIGHT_GATE: json(promotionGateSchema),
  TAGWRIGHT_EVENT_BUS: z.string().min(1),
});

export const apiEnvironmentSchema = z
  .object({
    ...common,
    ...model,
    TAGWRIGHT_INGEST_QUEUE_URL: z.url(),
    /** `iam`: the function's URL lets in only who is signed for; `jwt`: the function looks at the bearer's token. */
    TAGWRIGHT_AUTH: z.enum(['iam', 'jwt']),
    TAGWRIGHT_JWT_ISSUER: z.url({ protocol: /^https$/ }).optional(),
    TAGWRIGHT_JWT_AUDIENCE: z.string().min(1).optional(),
    /** Host names that are answered to, with commas between them; all where a gateway has looked already: `*`. */
    TAGWRIGHT_HOSTS: z.string().min(1),
  })
  .refine((env) => env.TAGWRIGHT_AUTH === 'iam' || (env.TAGWRIGHT_JWT_ISSUER && env.TAGWRIGHT_JWT_AUDIENCE), {
    error: 'TAGWRIGHT_AUTH is jwt: TAGWRIGHT_JWT_ISSUER and TAGWRIGHT_JWT_AUDIENCE are missing',
  });

export const backfillEnvironmentSchema = z.object({ ...common, ...model });

/** What infra writes: the text that a function's schema reads. */
export type EnvironmentText<T extends z.ZodType> = { readonly [K in keyof z.output<T>]: string };
