import { z } from 'zod';
import { datasetNameSchema, datasetVersionSchema } from './dataset.ts';
import { jobNameSchema } from './training-job.ts';

const modelId = z.string().regex(/^[0-9a-f]{16}$/);
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const unit = z.number().min(0).max(1);

/** The tags that a model gives the words of a frozen test set: kept, so that the champion is measured once. */
export const evaluationSchema = z.strictObject({
  modelId,
  test: sha256,
  /** One list a sentence, one tag a word, by index into `labels`. */
  labels: z.array(z.string()).min(1),
  tags: z.array(z.array(z.int().nonnegative())),
});
export type Evaluation = z.infer<typeof evaluationSchema>;

/** When a candidate takes the champion's place. */
export const promotionGateSchema = z.strictObject({
  /** By how much its F1 has to be better; 0 means: not worse. */
  minGain: z.number().min(-1).max(1),
  /** The lower end of the paired bootstrap's interval of the difference has to be above this. */
  minLow: z.number().min(-1).max(1),
  /** By how much F1 of one type may fall, for types with enough entities in the test set. */
  maxTypeLoss: unit,
  /** Types with fewer are not looked at one by one. */
  minTypeSupport: z.int().nonnegative(),
});
export type PromotionGate = z.infer<typeof promotionGateSchema>;

/** What an operator who says nothing else gets; docs/promotion.md gives the reasons. */
export const DEFAULT_GATE: PromotionGate = { minGain: 0, minLow: -0.02, maxTypeLoss: 0.1, minTypeSupport: 50 };

/** `automatic`: who passes the gate serves. `manual`: somebody has to say yes to it. */
export const APPROVALS = ['automatic', 'manual'] as const;
export type Approval = (typeof APPROVALS)[number];

/** A candidate against the champion on the frozen test set; entity figures as seqeval's default mode has them. */
export const comparisonSchema = z.strictObject({
  test: sha256,
  sentences: z.int().positive(),
  f1: unit,
  /** Null where there was no champion. */
  championF1: unit.nullable(),
  difference: z.number().min(-1).max(1).nullable(),
  interval: z.strictObject({ low: z.number(), high: z.number(), level: unit, resamples: z.int() }).nullable(),
  types: z.record(z.string(), z.strictObject({ f1: unit, championF1: unit.nullable(), support: z.int() })),
});
export type Comparison = z.infer<typeof comparisonSchema>;

/** What became of a job. `awaiting approval`: it has passed the gate, and somebody has to say yes. */
export const VERDICTS = ['promoted', 'awaiting approval', 'refused', 'no model'] as const;

/** `decisions/JOB.json`, written once a job; replaced only from `awaiting approval` on. */
export const decisionSchema = z.strictObject({
  job: jobNameSchema,
  dataset: z.strictObject({ name: datasetNameSchema, version: datasetVersionSchema }),
  verdict: z.enum(VERDICTS),
  /** For people: why. */
  reason: z.string(),
  decidedAt: z.iso.datetime(),
  modelId: modelId.optional(),
  /** The model that it was compared with; null where none was current. */
  champion: modelId.nullable().optional(),
  comparison: comparisonSchema.optional(),
  gate: promotionGateSchema.optional(),
});
export type Decision = z.infer<typeof decisionSchema>;

/** `signatures/ID.json`: somebody who may, vouches for a manifest. ECDSA on P-256 over its SHA-256, DER in base64. */
export const modelSignatureSchema = z.strictObject({
  modelId,
  algorithm: z.literal('ECDSA_SHA_256'),
  /** Names the key: an ARN in the cloud, the SHA-256 of the public key locally. */
  keyId: z.string().min(1),
  signature: z.base64(),
});
export type ModelSignature = z.infer<typeof modelSignatureSchema>;
