import type { GraphInput } from '../../shared/model/graph-input.ts';

export interface WindowCounts {
  /** Sentences of more than one window. */
  readonly longSentences: number;
  /** Words that no window has a place for; they are O. */
  readonly unseenWords: number;
}

/** How well sentences fit a model. */
export function measureWindows(
  input: GraphInput,
  sentences: Iterable<{ readonly words: readonly string[] }>,
): WindowCounts {
  let longSentences = 0;
  let unseenWords = 0;
  for (const { words } of sentences) {
    const windows = input.windows(words, 0);
    if (windows.length > 1) longSentences++;
    const seen = windows.reduce((sum, { places }) => sum + places.filter((place) => place >= 0).length, 0);
    unseenWords += words.length - seen;
  }
  return { longSentences, unseenWords };
}
