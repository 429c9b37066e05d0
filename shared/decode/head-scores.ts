import type { Head } from '../contracts/manifest.ts';

/** A head's scores as the decoders take them: transitions [L, L] (from, to), row-major. */
export interface HeadScores {
  readonly start: Float64Array;
  readonly end: Float64Array;
  readonly transitions: Float64Array;
}

/** @param labels how many labels there are, L */
export function headScores(head: Head, labels: number): HeadScores {
  switch (head.kind) {
    case 'crf':
      return {
        start: Float64Array.from(head.start),
        end: Float64Array.from(head.end),
        transitions: Float64Array.from(head.transitions.flat()),
      };
    case 'linear':
      // Each word for itself, as far as the BIO rules let it.
      return {
        start: new Float64Array(labels),
        end: new Float64Array(labels),
        transitions: new Float64Array(labels * labels),
      };
  }
}
