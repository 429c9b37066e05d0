import type { Tensor } from '../../shared/ort/tensor.ts';
import type { TaggedWords } from '../models/mention-replacement.ts';

/** A labelled sentence, or a window of a long one, as numbers. */
export interface Example {
  /** Index of the sentence it was made of. */
  readonly sentence: number;
  /** Places along the model's time axis. */
  readonly length: number;
}

/** Turns labelled sentences into the inputs of one kind of tagger. */
export interface ExampleMaker<E extends Example = Example> {
  /**
   * The examples of all sentences, in order: one each, or for a sentence too long for the model several, each labelled
   * word in exactly one of them.
   */
  make(sentences: readonly TaggedWords[]): Promise<readonly E[]>;
  /**
   * The tagger's inputs with `tags` int32 [B, W] and `mask` float32 [B, W], 1 for what is labelled. A row of no example
   * is all masked.
   *
   * @param paddedLength no example of the batch is longer
   */
  feeds(batch: readonly (E | undefined)[], paddedLength: number): Readonly<Record<string, Tensor>>;
}
