import type { TaggedSentences } from './corpus-entities.ts';

/**
 * The share of words whose tags are the same, in 0..1; 0 when there are no words. Most words are `O`, so a tagger that
 * finds nothing scores high: report it beside entity figures only.
 */
export function tokenAccuracy(gold: TaggedSentences, predicted: TaggedSentences): number {
  let [equal, words] = [0, 0];
  gold.forEach((tags, sentence) => {
    words += tags.length;
    tags.forEach((tag, word) => {
      if (tag === predicted[sentence]![word]) equal++;
    });
  });
  return words === 0 ? 0 : equal / words;
}
