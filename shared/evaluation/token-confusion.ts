import { compareCodePoints } from '../labels/code-point-order.ts';
import { checkAligned } from './aligned.ts';
import type { TaggedSentences } from './corpus-entities.ts';

/** How often a word of one type was tagged as another. */
export interface TokenConfusion {
  /** `O` and the entity types of gold and prediction, sorted by code points. */
  readonly types: readonly string[];
  /** Rows are gold, columns predicted, both as `types`. */
  readonly counts: readonly (readonly number[])[];
}

/**
 * scikit-learn's `confusion_matrix` over single words, of types only: `B-x` and `I-x` are both `x`. It shows which words
 * get the wrong type whatever becomes of their entity.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 */
export function tokenConfusion(gold: TaggedSentences, predicted: TaggedSentences): TokenConfusion {
  checkAligned('tokenConfusion', gold, predicted);
  const types = [...new Set([...gold, ...predicted].flatMap((tags) => tags.map(typeOf)))].sort(compareCodePoints);
  const index = new Map(types.map((type, i) => [type, i]));
  const counts = types.map(() => types.map(() => 0));
  gold.forEach((tags, sentence) => {
    tags.forEach((tag, word) => {
      const row = counts[index.get(typeOf(tag))!]!;
      row[index.get(typeOf(predicted[sentence]![word]!))!]!++;
    });
  });
  return { types, counts };
}

function typeOf(tag: string): string {
  const dash = tag.indexOf('-');
  return dash < 0 ? tag : tag.slice(dash + 1);
}
