import { parseTag } from './scheme.ts';

/** Tags after a repair, and where it changed something. */
export interface Repair {
  readonly tags: readonly string[];
  /** Positions whose tag was changed, ascending. */
  readonly changed: readonly number[];
}

/**
 * Turns each orphan `I-x` (at the start, after `O`, after another type) into `B-x`. That is how conlleval and seqeval's
 * default mode read such tags already, so the entities of `spansOf` stay the same; strict mode counts them only after
 * the repair. For data whose annotators wrote IOB1, or for old predictions. Nothing in Tagwright repairs unasked.
 * Tags that are not BIO are left as they are, and an `I-x` after one is an orphan.
 */
export function repairOrphans(tags: readonly string[]): Repair {
  const changed: number[] = [];
  const repaired = tags.map((tag, i) => {
    const parsed = parseTag(tag);
    if (parsed?.prefix !== 'I') return tag;
    const before = i > 0 ? parseTag(tags[i - 1]!) : undefined;
    if (before?.type === parsed.type) return tag;
    changed.push(i);
    return `B-${parsed.type}`;
  });
  return { tags: repaired, changed };
}
