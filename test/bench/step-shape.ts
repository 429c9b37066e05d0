/** A BERT-shaped tagger and the batch that it is trained on. */
export interface StepShape {
  /** H. */
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Width between the two products of the feed-forward part. */
  readonly feedForward: number;
  /** B, sentences. */
  readonly batch: number;
  /** T, pieces of each sentence. */
  readonly length: number;
  /** L. */
  readonly labels: number;
  /** V. */
  readonly vocabulary: number;
}

/** The batch is WNUT16's: 16 sentences, padded to 39 pieces on average, and BIO labels of 10 types. */
const BATCH = { batch: 16, length: 39, labels: 21, vocabulary: 30_522 };

/** The encoders that steps are measured with. */
export const stepShapes = {
  'BERT-base': { width: 768, layers: 12, heads: 12, feedForward: 3_072, ...BATCH },
  'MiniLM-L6': { width: 384, layers: 6, heads: 12, feedForward: 1_536, ...BATCH },
} as const satisfies Record<string, StepShape>;

export type StepShapeName = keyof typeof stepShapes;

/**
 * Floating-point operations of the matrix products of a step: two for each multiply-add, and as many again for the
 * gradient of each of the two factors. What no step can be faster than, at the speed of the machine's products.
 */
export function productOperations({ width, layers, feedForward, batch, length, labels }: StepShape): number {
  const attention = 4 * width * width + 2 * length * width;
  const perPiece = layers * (attention + 2 * width * feedForward) + width * labels;
  return 3 * 2 * perPiece * batch * length;
}
