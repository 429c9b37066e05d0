import type { Merge } from '../contracts/trends.ts';
import { nameKey } from './trend-counts.ts';

/** Which name each form counts as, by the merges that hold. */
export interface MergeMap {
  /** The form that stands for this one: itself where nothing was merged. */
  rootOf(type: string, form: string): string;
  /** The forms that count as this one, itself first. */
  membersOf(type: string, form: string): readonly string[];
  /** The merge by which a form counts as another. */
  mergeOf(type: string, form: string): Merge | undefined;
}

/** Follows merges to their end: when b counts as c, what counts as b counts as c too. A circle merges nothing. */
export function createMergeMap(merges: readonly Merge[]): MergeMap {
  const held = new Map(
    merges.filter(({ state }) => state !== 'undone').map((merge) => [nameKey(merge.type, merge.form), merge]),
  );
  const rootOf = (type: string, form: string): string => {
    const seen = new Set<string>();
    let at = form;
    for (;;) {
      if (seen.has(at)) return form;
      seen.add(at);
      const next = held.get(nameKey(type, at))?.into;
      if (next === undefined) return at;
      at = next;
    }
  };
  const members = new Map<string, string[]>();
  for (const { type, form } of held.values()) {
    const root = rootOf(type, form);
    if (root === form) continue;
    const key = nameKey(type, root);
    members.set(key, [...(members.get(key) ?? [root]), form]);
  }
  return {
    rootOf,
    membersOf: (type, form) => members.get(nameKey(type, form)) ?? [form],
    mergeOf: (type, form) => held.get(nameKey(type, form)),
  };
}
