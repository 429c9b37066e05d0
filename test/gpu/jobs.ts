import { z } from 'zod';

/** How a job computes: on the CPU, or on the GPU with full products, products in TF32, or products in bfloat16. */
export const MODES = ['cpu', 'fp32', 'tf32', 'bf16'] as const;

export type Mode = (typeof MODES)[number];

/** Models by size; see gpu-program.ts. The second one has a CRF, whose recursion is a loop on the device. */
export const MODELS = ['small', 'small CRF', 'MiniLM-L6', 'BERT-base'] as const;

export const jobSchema = z.object({
  kind: z.enum(['trajectory', 'speed']),
  model: z.enum(MODELS),
  mode: z.enum(MODES),
  sentences: z.int(),
  tokens: z.int(),
});

/** One process's work. */
export type Job = z.output<typeof jobSchema>;

export const trajectorySchema = z.object({
  loss: z.array(z.number()),
  gradientNorm: z.array(z.number()),
  /** Some elements of the first step's gradient, evenly spread over all parameters. */
  gradient: z.array(z.number()),
});

export type Trajectory = z.output<typeof trajectorySchema>;

export const speedSchema = z.object({
  parameters: z.int(),
  createMs: z.number(),
  /** Of one step within a run. */
  stepMs: z.number(),
  /** Of one run beyond its steps: the state to the device and back. */
  runMs: z.number(),
});

export type Speed = z.output<typeof speedSchema>;

/** Of each model, the CPU first. */
export const trajectories: readonly Job[] = (['small', 'small CRF'] as const).flatMap((model) =>
  MODES.map((mode): Job => ({ kind: 'trajectory', model, mode, sentences: 4, tokens: 12 })),
);

export const speeds: readonly Job[] = (['MiniLM-L6', 'BERT-base'] as const).flatMap((model) =>
  ([16, 64] as const).flatMap((sentences) =>
    (['tf32', 'bf16'] as const).map((mode): Job => ({
      kind: 'speed',
      model,
      mode,
      sentences,
      tokens: sentences === 16 ? 39 : 64,
    })),
  ),
);
