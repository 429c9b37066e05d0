import type { Entity } from '../../shared/contracts/tweet.ts';

/** What turns texts into entities. */
export interface Tagger {
  /**
   * The model that a call of `tag` made now will use. A tagger that swaps models chooses the model while `tag` is
   * called, not later, so that the two agree.
   */
  readonly modelId: string;
  /** One list of entities for each text, in order. */
  tag(texts: readonly string[]): Promise<readonly (readonly Entity[])[]>;
}
