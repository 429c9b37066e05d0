import type { CorpusEntity } from './corpus-entities.ts';

/**
 * How a gold entity and a predicted one at the same place differ:
 * `correct`: the same words and type; `type`: the same words, another type; `boundary`: other words that overlap, the
 * same type; `both`: other words that overlap, another type.
 */
export type PairKind = 'correct' | 'type' | 'boundary' | 'both';

export interface EntityPair {
  readonly kind: PairKind;
  readonly gold: CorpusEntity;
  readonly predicted: CorpusEntity;
}

/** Every gold and every predicted entity, each exactly once. */
export interface EntityPairs {
  /** By the place of the gold entity. */
  readonly pairs: readonly EntityPair[];
  /** Gold entities that nothing predicted belongs to. */
  readonly missed: readonly CorpusEntity[];
  /** Predicted entities that belong to no gold one. */
  readonly spurious: readonly CorpusEntity[];
}

/**
 * Says for every gold entity what was predicted at its place, and the other way round. An entity is in one pair at most:
 *
 * 1. Entities of the same words are a pair, whatever their types.
 * 2. Of the rest, two that share words are a pair; where there is a choice, first those of the same type, then those
 *    that share more words, then the gold entity further left, then the predicted one further left.
 * 3. What is left over was missed or is spurious: two predictions within one gold entity are a pair and a spurious one.
 *
 * So `gold = correct + type + boundary + both + missed` and `predicted = correct + type + boundary + both + spurious`.
 */
export function pairEntities(gold: readonly CorpusEntity[], predicted: readonly CorpusEntity[]): EntityPairs {
  const pairs: EntityPair[] = [];
  const openGold = new Set(gold);
  const openPredicted = new Set(predicted);
  const join = (pair: EntityPair): void => {
    if (!openGold.has(pair.gold) || !openPredicted.has(pair.predicted)) return;
    openGold.delete(pair.gold);
    openPredicted.delete(pair.predicted);
    pairs.push(pair);
  };
  const bySpan = new Map(predicted.map((entity) => [spanKey(entity), entity]));
  for (const entity of gold) {
    const same = bySpan.get(spanKey(entity));
    if (same === undefined) continue;
    join({ kind: same.type === entity.type ? 'correct' : 'type', gold: entity, predicted: same });
  }
  for (const pair of overlapping([...openGold], [...openPredicted])) join(pair);
  return {
    pairs: pairs.sort((a, b) => a.gold.start - b.gold.start),
    missed: [...openGold],
    spurious: [...openPredicted],
  };
}

/** All pairs that share words, in the order in which they are taken. */
function overlapping(gold: readonly CorpusEntity[], predicted: readonly CorpusEntity[]): EntityPair[] {
  const candidates: EntityPair[] = [];
  let first = 0;
  for (const entity of gold) {
    // Entities of one side do not overlap and stand in order, so both sides are walked once.
    while (first < predicted.length && predicted[first]!.end <= entity.start) first++;
    for (let i = first; i < predicted.length && predicted[i]!.start < entity.end; i++) {
      const other = predicted[i]!;
      candidates.push({ kind: other.type === entity.type ? 'boundary' : 'both', gold: entity, predicted: other });
    }
  }
  return candidates.sort(
    (a, b) =>
      Number(b.kind === 'boundary') - Number(a.kind === 'boundary') ||
      shared(b) - shared(a) ||
      a.gold.start - b.gold.start ||
      a.predicted.start - b.predicted.start,
  );
}

function shared({ gold, predicted }: EntityPair): number {
  return Math.min(gold.end, predicted.end) - Math.max(gold.start, predicted.start);
}

function spanKey({ start, end }: CorpusEntity): string {
  return `${start}-${end}`;
}
