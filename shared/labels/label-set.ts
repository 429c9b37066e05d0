import { NerError } from '../ner-error.ts';
import { compareCodePoints } from './code-point-order.ts';

/** The tags a model knows, in the order of its emissions' columns. */
export interface LabelSet {
  /** `O`, then `B-x`, `I-x` for each type x in order: index = column of the emissions. */
  readonly labels: readonly string[];
  /** The entity types, sorted by code points, each once. */
  readonly types: readonly string[];
  /**
   * The column of a tag.
   *
   * @throws {E_LABEL_UNKNOWN} when the tag is not one of `labels`.
   */
  indexOf(tag: string): number;
}

/**
 * The BIO label set of these entity types (`person`, not `B-person`); order and repetitions in `types` do not matter.
 *
 * @throws {E_LABEL_UNKNOWN} when a type is the empty string.
 */
export function createLabelSet(types: Iterable<string>): LabelSet {
  const sorted = [...new Set(types)].sort(compareCodePoints);
  if (sorted[0] === '') {
    throw new NerError(
      'E_LABEL_UNKNOWN',
      "createLabelSet: an entity type is empty, got ''; expected names like person. Look for tags that end in B- or I-.",
    );
  }
  const labels = ['O', ...sorted.flatMap((type) => [`B-${type}`, `I-${type}`])];
  const columns = new Map(labels.map((label, column) => [label, column]));
  return Object.freeze({
    labels: Object.freeze(labels),
    types: Object.freeze(sorted),
    indexOf: (tag: string) => {
      const column = columns.get(tag);
      if (column === undefined) throw unknownTag(tag, labels);
      return column;
    },
  });
}

function unknownTag(tag: string, labels: readonly string[]): NerError {
  return new NerError(
    'E_LABEL_UNKNOWN',
    `indexOf: the tag is not in the label set, got '${tag}'; expected one of ${labels.join(', ')}. ` +
      'Correct the tag, or train on data that has this type.',
  );
}
