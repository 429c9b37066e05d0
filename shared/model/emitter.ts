import type { Sentences } from './batch-slices.ts';
import { runWindows, type RunWindow, type RunWindowsOptions } from './run-windows.ts';

/** Scores of one sentence's words: [W, L] from `offset` on. */
export interface SentenceEmissions {
  readonly emissions: Float32Array;
  readonly offset: number;
  readonly length: number;
}

export type EmitterOptions = RunWindowsOptions;

/** What is waited for holds up one of the batches under way. */
export type EmissionsVisitor = (sentence: number, emissions: SentenceEmissions) => void | Promise<void>;

/**
 * The score of every label but O, the first, at a word that the graph does not see: such a word is O whatever stands
 * around it, and its score says so. Finite, so that sums stay numbers.
 */
const UNSEEN = -1e4;

/**
 * Runs sentences through the graph and calls `visit` once for each that has words, in no particular order. The
 * emissions of a sentence longer than a window are put together from its windows.
 *
 * @throws {E_SHAPE_MISMATCH} when the graph does not give emissions [B, T, L]
 */
export function emit(
  sentences: Sentences | readonly (readonly string[])[],
  visit: EmissionsVisitor,
  options: EmitterOptions,
): Promise<void> {
  const { labels } = options;
  const partial = new Map<number, { readonly emissions: Float32Array; wordsLeft: number }>();
  const keep = ({ sentence, words, window, scores }: RunWindow): void | Promise<void> => {
    const { places, keepStart, keepEnd } = window ?? unseen(words);
    const whole = partial.get(sentence) ?? { emissions: new Float32Array(words * labels), wordsLeft: words };
    places.forEach((place, i) => {
      const at = (keepStart + i) * labels;
      if (place >= 0) whole.emissions.set(scores.subarray(place * labels, (place + 1) * labels), at);
      else whole.emissions.fill(UNSEEN, at + 1, at + labels);
    });
    whole.wordsLeft -= keepEnd - keepStart;
    if (whole.wordsLeft > 0) {
      partial.set(sentence, whole);
      return;
    }
    partial.delete(sentence);
    return visit(sentence, { emissions: whole.emissions, offset: 0, length: words });
  };
  return runWindows('count' in sentences ? sentences : listed(sentences), keep, options);
}

/** Sentences that are words already. */
export function listed(sentences: readonly (readonly string[])[]): Sentences {
  return {
    count: sentences.length,
    lengthOf: (sentence) => sentences[sentence]!.reduce((sum, word) => sum + word.length, 0),
    wordsOf: (sentence) => sentences[sentence]!,
  };
}

function unseen(words: number): Pick<NonNullable<RunWindow['window']>, 'keepStart' | 'keepEnd' | 'places'> {
  return { keepStart: 0, keepEnd: words, places: new Int32Array(words).fill(-1) };
}
