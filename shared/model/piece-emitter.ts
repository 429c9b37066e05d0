import type { ScoredPieces } from '../decode/aggregation.ts';
import type { Sentences } from './batch-slices.ts';
import type { GraphWindow, WindowPieces } from './graph-input.ts';
import { runWindows, type RunWindow, type RunWindowsOptions } from './run-windows.ts';

/** The scores of one sentence's pieces, and where in their words they stand: half-open, in UTF-16 units of the word. */
export interface PieceEmissions extends ScoredPieces {
  readonly starts: Int32Array; // [T]
  readonly ends: Int32Array; // [T]
}

interface Part {
  readonly pieces: WindowPieces;
  /** Of all places of the window, [S, L]. */
  readonly scores: Float32Array;
  readonly keepStart: number;
}

/**
 * Runs sentences through the graph and calls `visit` once for each of which the graph sees something. Where the graph
 * scores words, each word is one piece.
 *
 * @throws {E_SHAPE_MISMATCH} when the graph does not give scores [B, S, L]
 */
export function emitPieces(
  sentences: Sentences,
  visit: (sentence: number, pieces: PieceEmissions) => void,
  options: RunWindowsOptions,
): Promise<void> {
  const { input, labels } = options;
  const partial = new Map<number, { readonly parts: Part[]; wordsLeft: number }>();
  const keep = ({ sentence, words, window, scores }: RunWindow): void => {
    if (window === undefined) return;
    const whole = partial.get(sentence) ?? { parts: [], wordsLeft: words };
    whole.parts.push({ pieces: input.pieces?.(window) ?? wordsOf(window), scores, keepStart: window.keepStart });
    whole.wordsLeft -= window.keepEnd - window.keepStart;
    if (whole.wordsLeft > 0) {
      partial.set(sentence, whole);
      return;
    }
    partial.delete(sentence);
    // Windows come in any order.
    const inOrder = whole.parts.toSorted((a, b) => a.keepStart - b.keepStart);
    visit(sentence, together(inOrder, labels));
  };
  return runWindows(sentences, keep, options);
}

function together(parts: readonly Part[], labels: number): PieceEmissions {
  const length = parts.reduce((sum, { pieces }) => sum + pieces.places.length, 0);
  const whole = {
    scores: new Float32Array(length * labels), // [T, L]
    wordIds: new Int32Array(length),
    starts: new Int32Array(length),
    ends: new Int32Array(length),
  };
  let at = 0;
  for (const { pieces, scores } of parts) {
    whole.wordIds.set(pieces.wordIds, at);
    whole.starts.set(pieces.starts, at);
    whole.ends.set(pieces.ends, at);
    for (const place of pieces.places) {
      whole.scores.set(scores.subarray(place * labels, (place + 1) * labels), at++ * labels);
    }
  }
  return whole;
}

/** The words of a window that have scores, each as a piece that ends where the word does. */
function wordsOf({ places, keepStart }: GraphWindow): WindowPieces {
  const seen = Array.from(places.keys()).filter((i) => places[i]! >= 0);
  return {
    places: Int32Array.from(seen, (i) => places[i]!),
    wordIds: Int32Array.from(seen, (i) => keepStart + i),
    starts: new Int32Array(seen.length),
    ends: new Int32Array(seen.length).fill(WHOLE_WORD),
  };
}

/** Past the end of any word. */
export const WHOLE_WORD = 2 ** 31 - 1;
