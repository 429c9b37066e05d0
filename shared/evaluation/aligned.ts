import { NerError } from '../ner-error.ts';
import type { TaggedSentences } from './corpus-entities.ts';

/**
 * Throws unless gold and prediction have the same sentences with the same numbers of words.
 *
 * @throws {E_SHAPE_MISMATCH}
 */
export function checkAligned(caller: string, gold: TaggedSentences, predicted: TaggedSentences): void {
  if (gold.length !== predicted.length) {
    throw mismatch(caller, 'sentences of gold and prediction', `${gold.length} and ${predicted.length}`);
  }
  gold.forEach((tags, sentence) => {
    const found = predicted[sentence]!.length;
    if (tags.length === found) return;
    throw mismatch(
      caller,
      `words of gold and prediction in sentence ${sentence} (from 0)`,
      `${tags.length} and ${found}`,
    );
  });
}

function mismatch(caller: string, what: string, got: string): NerError {
  return new NerError(
    'E_SHAPE_MISMATCH',
    `${caller}: the ${what} differ in number, got ${got}; expected equal numbers. ` +
      'Give each word a tag; a word that the model did not see counts as O.',
  );
}
