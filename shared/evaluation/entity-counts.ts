import { compareCodePoints } from '../labels/code-point-order.ts';
import type { CorpusEntity } from './corpus-entities.ts';
import { addCounts, type EntityCounts } from './figures.ts';

/** Entities of gold and prediction, compared: an entity is correct when type, start and end are all the same. */
export interface Comparison {
  /** By type, sorted by code points; types of gold and of the prediction. */
  readonly byType: ReadonlyMap<string, EntityCounts>;
  /** By sentence, all types together; an entity belongs to the sentence in which it ends. */
  readonly bySentence: readonly EntityCounts[];
}

/** Counts what gold and prediction have, and what they have in common. */
export function compareEntities(
  gold: readonly CorpusEntity[],
  predicted: readonly CorpusEntity[],
  sentences: number,
): Comparison {
  const byType = new Map<string, EntityCounts[]>();
  const bySentence = Array.from({ length: sentences }, (): EntityCounts[] => []);
  const count = (entity: CorpusEntity, counts: EntityCounts): void => {
    byType.set(entity.type, byType.get(entity.type) ?? []);
    byType.get(entity.type)!.push(counts);
    bySentence[entity.sentence]!.push(counts);
  };
  for (const entity of gold) count(entity, { correct: 0, predicted: 0, gold: 1 });
  const goldByEnd = new Map(gold.map((entity) => [entity.end, entity]));
  for (const entity of predicted) {
    const same = goldByEnd.get(entity.end);
    const correct = same?.start === entity.start && same.type === entity.type;
    count(entity, { correct: correct ? 1 : 0, predicted: 1, gold: 0 });
  }
  const sorted = [...byType].sort(([a], [b]) => compareCodePoints(a, b));
  return {
    byType: new Map(sorted.map(([type, counts]) => [type, addCounts(counts)])),
    bySentence: bySentence.map(addCounts),
  };
}
