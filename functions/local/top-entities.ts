import type { TopEntities } from '../../shared/contracts/api.ts';
import type { Entity } from '../../shared/contracts/tweet.ts';

/** Counts entities in bounded memory. */
export interface TopEntityCounter {
  /** Counts one mention of each entity. */
  add(entities: readonly Pick<Entity, 'type' | 'text'>[]): void;
  /** The `limit` most frequent ones of each type, by count; of the same count, the one first seen. */
  top(limit: number): TopEntities;
}

interface Counted {
  readonly type: string;
  readonly text: string;
  count: number;
}

/**
 * A counter that remembers at most twice `capacity` entities: when it is full, all but the `capacity` most frequent are
 * forgotten, so that counting costs next to nothing on the tagging path. A forgotten entity that comes again starts
 * from one: counts are never too high. `#Paris`, `paris` and `PARIS` count as one, shown as first seen.
 */
export function createTopEntityCounter(capacity = 5000): TopEntityCounter {
  const counted = new Map<string, Counted>();

  const add = ({ type, text }: Pick<Entity, 'type' | 'text'>): void => {
    const key = `${type}\n${text.normalize('NFKC').replace(/^#/u, '').toLowerCase()}`;
    const known = counted.get(key);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    if (counted.size >= 2 * capacity) forgetRarest(counted, capacity);
    counted.set(key, { type, text, count: 1 });
  };

  return {
    add: (entities) => {
      for (const entity of entities) add(entity);
    },
    top: (limit) => {
      const byType = new Map<string, number>();
      const entities = [...counted.values()]
        .sort((a, b) => b.count - a.count)
        .filter(({ type }) => {
          const rank = byType.get(type) ?? 0;
          byType.set(type, rank + 1);
          return rank < limit;
        })
        .map(({ type, text, count }) => ({ type, text, count }));
      return { entities };
    },
  };
}

function forgetRarest(counted: Map<string, Counted>, capacity: number): void {
  const byCount = [...counted].sort(([, a], [, b]) => b.count - a.count);
  for (const [key] of byCount.slice(capacity)) counted.delete(key);
}
