import { z } from 'zod';
import { hyperparametersSchema, jobStatusSchema } from './training-job.ts';

/** What every event of EventBridge has, and those of the embedded bus as well. */
const envelope = {
  /** The same for a copy of the same event; different for two events about the same thing. */
  id: z.string().min(1),
  time: z.iso.datetime(),
};

/** An object was written: S3's event by way of EventBridge, where the key is plain, not URL-encoded. */
export const objectCreatedSchema = z.object({
  ...envelope,
  source: z.literal('aws.s3'),
  'detail-type': z.literal('Object Created'),
  detail: z.object({
    bucket: z.object({ name: z.string() }),
    object: z.object({
      key: z.string(),
      size: z.number().nonnegative().optional(),
      etag: z.string().optional(),
      'version-id': z.string().optional(),
    }),
  }),
});
export type ObjectCreated = z.infer<typeof objectCreatedSchema>;

/** A training job came into a state. May come several times, late, and out of order. */
export const trainingJobChangedSchema = z.object({
  ...envelope,
  // AWS's own sample has the source twice, once as a list.
  source: z.union([z.literal('aws.sagemaker'), z.array(z.string())]),
  'detail-type': z.literal('SageMaker Training Job State Change'),
  detail: z.object({
    TrainingJobName: z.string(),
    TrainingJobStatus: jobStatusSchema,
    SecondaryStatus: z.string().optional(),
    FailureReason: z.string().optional(),
    HyperParameters: hyperparametersSchema.optional(),
  }),
});
export type TrainingJobChanged = z.infer<typeof trainingJobChangedSchema>;

/** Another model serves. */
export const modelPromotedSchema = z.object({
  ...envelope,
  source: z.literal('tagwright'),
  'detail-type': z.literal('Model Promoted'),
  detail: z.object({ modelId: z.string(), previous: z.string().nullable(), job: z.string().optional() }),
});
export type ModelPromoted = z.infer<typeof modelPromotedSchema>;

/** A job's model does not serve, or there is none: somebody should look. `reason` is for people. */
export const modelRefusedSchema = z.object({
  ...envelope,
  source: z.literal('tagwright'),
  'detail-type': z.literal('Model Refused'),
  detail: z.object({ job: z.string(), modelId: z.string().optional(), reason: z.string() }),
});
export type ModelRefused = z.infer<typeof modelRefusedSchema>;

/** A dataset that was uploaded cannot be trained on. */
export const datasetRefusedSchema = z.object({
  ...envelope,
  source: z.literal('tagwright'),
  'detail-type': z.literal('Dataset Refused'),
  detail: z.object({ key: z.string(), code: z.string(), reason: z.string() }),
});
export type DatasetRefused = z.infer<typeof datasetRefusedSchema>;

export const busEventSchema = z.union([
  objectCreatedSchema,
  trainingJobChangedSchema,
  modelPromotedSchema,
  modelRefusedSchema,
  datasetRefusedSchema,
]);
export type BusEvent = z.infer<typeof busEventSchema>;

export type BusEventType = BusEvent['detail-type'];
