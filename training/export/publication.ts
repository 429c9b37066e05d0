import type { CardFacts } from './card-front-matter.ts';

/** What a bundle says of itself that will be passed on, and what it must not quote. */
export interface Publication extends Partial<
  Pick<CardFacts, 'name' | 'license' | 'languages' | 'dataset' | 'baseModel'>
> {
  /** Markdown for the model card: where the data are from, by whose leave, how the model is made again. */
  readonly notes: string;
  /**
   * Golden texts, instead of sentences of dev. The report, which shows sentences with errors, is left out for the same
   * reason: nothing of the corpus is in the bundle but what was learned from it.
   */
  readonly golden: readonly string[];
}
