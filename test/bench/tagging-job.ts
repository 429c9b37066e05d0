/** What a contender of tagging is told: JSON, its one argument. */
export interface TaggingJob {
  /** Folder of the model, in the layout of Hugging Face. */
  readonly model: string;
  /** Graph of that folder, where there are several. */
  readonly file: string;
  /** File with a JSON array of texts. */
  readonly texts: string;
  /** File to write the labels of each text's pieces to: `[["5:B-person", ...], ...]`, code point and label, without O. */
  readonly labels: string;
  /** Cores to use. */
  readonly threads: number;
  /** Texts in one run, for those who have to be told. */
  readonly batch: number;
}

/** Texts before the clock runs: kernels are loaded, memory is asked for, code is compiled. */
export const WARM_UP_TEXTS = 64;
