import { checkAligned } from './aligned.ts';
import { corpusEntities, type CorpusEntity, type TaggedSentences } from './corpus-entities.ts';
import { figuresOf, type Figures } from './figures.ts';

/**
 * Precision, recall and F1 of entities whose type does not count: the words must be exactly the same (seqeval default
 * mode). Says how well entities are found, whatever they are called.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 * @throws {E_LABEL_UNKNOWN} when a tag is empty.
 */
export function typeIgnoredFigures(gold: TaggedSentences, predicted: TaggedSentences): Figures {
  checkAligned('typeIgnoredFigures', gold, predicted);
  const goldEntities = corpusEntities(gold, { mode: 'default' });
  const predictedEntities = corpusEntities(predicted, { mode: 'default' });
  const place = ({ start, end }: CorpusEntity): string => `${start}-${end}`;
  const places = new Set(goldEntities.map(place));
  const correct = predictedEntities.filter((entity) => places.has(place(entity))).length;
  return figuresOf({ correct, predicted: predictedEntities.length, gold: goldEntities.length });
}
