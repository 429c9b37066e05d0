import { NerError } from '../../shared/ner-error.ts';
import type { Rng } from '../../shared/random.ts';

export interface SeededSplitOptions<Item, Part extends string> {
  /** Items with the same key stay together. */
  readonly keyOf: (item: Item) => string;
  /** Of the keys, by part; they add up to 1. */
  readonly shares: Readonly<Record<Part, number>>;
  readonly rng: Rng;
}

/**
 * Items in parts at random, by key. Each part has its share of the keys, rounded, and at least one; the last takes what is
 * left. Within a part, items are in the order in which they came.
 *
 * @throws {E_CORPUS_EMPTY} fewer keys than parts
 */
export function seededSplit<Item, Part extends string>(
  items: readonly Item[],
  { keyOf, shares, rng }: SeededSplitOptions<Item, Part>,
): Readonly<Record<Part, readonly Item[]>> {
  const parts = Object.keys(shares) as Part[];
  const keys = rng.shuffle([...new Set(items.map(keyOf))]);
  if (keys.length < parts.length) {
    throw new NerError(
      'E_CORPUS_EMPTY',
      `corpus: too little to split, got ${keys.length}; expected at least ${parts.length}, one for each of ${parts.join(', ')}. Give more data.`,
    );
  }
  const partOf = new Map<string, Part>();
  let start = 0;
  parts.forEach((part, i) => {
    const after = parts.length - 1 - i;
    const wished = after === 0 ? keys.length - start : Math.round(shares[part] * keys.length);
    const end = start + Math.min(Math.max(1, wished), keys.length - after - start);
    for (const key of keys.slice(start, end)) partOf.set(key, part);
    start = end;
  });
  const split = {} as Record<Part, Item[]>;
  for (const part of parts) split[part] = items.filter((item) => partOf.get(keyOf(item)) === part);
  return split;
}
