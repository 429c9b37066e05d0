import { z } from 'zod';

/** Scores of the labels of each token, [T][L], without padding. */
export type Logits = readonly (readonly number[])[];

/** What a library computes with a bundle, one entry of each list a sentence. */
export interface Answer {
  readonly ids: readonly (readonly number[])[];
  /** The label of each row of logits, where the library tells. */
  readonly labels?: readonly string[] | undefined;
  /** By the name of the library. */
  readonly logits: Readonly<Record<string, readonly Logits[]>>;
  /** Ids that stand for no text; for transformers.js the unknown token is one of them. */
  readonly specialIds?: readonly number[] | undefined;
  /** Label and probability of each token but those, where the library has a pipeline that gives them. */
  readonly entities?: readonly (readonly { readonly entity: string; readonly score: number }[])[] | undefined;
}

const numbers = z.array(z.number());

/** What hf_load.py and tjs_load.mjs print. */
export const answersSchema = z.object({
  versions: z.record(z.string(), z.string()),
  bundles: z.array(
    z.object({
      ids: z.array(numbers),
      labels: z.array(z.string()).optional(),
      logits: z.record(z.string(), z.array(z.array(numbers))),
      entities: z.array(z.array(z.object({ entity: z.string(), score: z.number() }))).optional(),
    }),
  ),
});

export type Answers = z.output<typeof answersSchema>;
