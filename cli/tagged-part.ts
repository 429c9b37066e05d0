import type { RejectedLine } from '../shared/stream/parse-tweets.ts';

/** Some of the input, tagged: what is to be written, in the order of the input, and what is to be said of it. */
export interface TaggedPart {
  readonly text: string;
  /** Tweets or sentences. */
  readonly count: number;
  readonly entities: number;
  /** Lines that were left out. */
  readonly rejected: readonly RejectedLine[];
}
