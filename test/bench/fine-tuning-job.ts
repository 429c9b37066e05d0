/** A fine-tuning run with torch's loop or ours: both take it as JSON. */
export interface FineTuningJob {
  /** Folder of the encoder. */
  readonly encoder: string;
  readonly corpus: string;
  /** Which sentences meet in a batch: any, or those of like length. */
  readonly order: 'random' | 'grouped';
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  readonly threads: number;
  /** Whether dev is measured after each epoch, and test after the last. */
  readonly evaluate: boolean;
}

/** The recipe that both follow: linear head, first piece, AdamW with a tenth of warm-up, gradient clipped to 1. */
export const RECIPE = { batch: 16, learningRate: 1e-4 } as const;
