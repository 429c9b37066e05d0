import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { optimizerSettingsSchema } from '../../training/optim/optimizer-settings.ts';

const numbers = z.array(z.number());

/** What torch, transformers and the formula of Keras do: test/golden/torch-optim.json, with its generator. */
export const torchOptim = z
  .object({
    fixed: z.object({
      start: numbers,
      gradients: z.array(numbers),
      rates: numbers,
      runs: z.array(
        z.object({
          name: z.string(),
          settings: optimizerSettingsSchema,
          weightDecay: z.number(),
          trajectory: z.array(z.record(z.string(), numbers)),
        }),
      ),
      averages: z.array(z.object({ decay: z.number(), trajectory: z.array(numbers) })),
    }),
    problem: z.object({
      shape: z.object({ rows: z.number(), width: z.number(), hidden: z.number(), classes: z.number() }),
      settings: z.object({
        peak: z.number(),
        warmupSteps: z.number(),
        totalSteps: z.number(),
        maxNorm: z.number(),
        weightDecay: z.number(),
      }),
      start: numbers,
      inputs: z.array(numbers),
      labels: z.array(numbers),
      trajectory: z.array(
        z.object({ loss: z.number(), gradientNorm: z.number(), learningRate: z.number(), parameters: numbers }),
      ),
    }),
    schedules: z.array(
      z.object({
        name: z.enum(['linear', 'cosine', 'constant', 'inverse-square-root']),
        warmupSteps: z.number(),
        totalSteps: z.number(),
        timescale: z.number().optional(),
        factors: numbers,
      }),
    ),
  })
  .parse(JSON.parse(readFileSync(new URL('../golden/torch-optim.json', import.meta.url), 'utf8')));
