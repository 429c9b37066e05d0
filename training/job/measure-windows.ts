import type { GraphInput } from '../../shared/model/graph-input.ts';

export interface WindowCounts {
  /** Sentences of more than one window. */
  readonly longSentences: number;
  /** Words that no window has a place for; they are O. */
  readonly unseenWords: number;
}

/** How well sentences fit a model. */
export async function measureWindows(
  input: GraphInput,
  sentences: readonly { readonly words: readonly string[] }[],
): Promise<WindowCounts> {
  const windows = await input.windows(sentences.map(({ words }) => words));
  const bySentence = Map.groupBy(windows, ({ sentence }) => sentence);
  const words = sentences.reduce((sum, sentence) => sum + sentence.words.length, 0);
  const seen = windows.reduce((sum, { places }) => sum + places.filter((place) => place >= 0).length, 0);
  const longSentences = [...bySentence.values()].filter(({ length }) => length > 1).length;
  return { longSentences, unseenWords: words - seen };
}
