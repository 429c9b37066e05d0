import { spansOf, type WordSpan } from '../../shared/labels/spans.ts';
import { pairEntities, type PairKind } from '../../shared/evaluation/entity-pairs.ts';
import type { MeasuredSentence } from './report-input.ts';

/** An entity in an example, half-open over its words. */
export interface MarkedEntity extends WordSpan {
  /** Of a gold entity what became of it, of a predicted one what it is. */
  readonly kind: PairKind | 'missed' | 'spurious';
  /** Calibrated confidence of a predicted entity, in 0..1; null for gold ones and where there is none. */
  readonly confidence: number | null;
}

/** A sentence with errors: what it has and what was found. */
export interface Example {
  readonly line: number | null;
  readonly words: readonly string[];
  readonly gold: readonly MarkedEntity[];
  readonly predicted: readonly MarkedEntity[];
  /** How sure the model was of its errors, summed; see `worstExamples`. */
  readonly severity: number;
}

/** The most examples of a split. */
export const MAX_EXAMPLES = 50;
/** Longer sentences are not listed: nobody reads them, and they would fill the report. */
const MAX_EXAMPLE_WORDS = 200;

/**
 * The sentences where the model was most sure of what was wrong, the worst first. Each wrong entity counts with its
 * confidence and each missed one with the mean confidence of the tags that its words got; without confidences each
 * counts 1. Of equal ones the first in the file comes first.
 */
export function worstExamples(sentences: readonly MeasuredSentence[], most = MAX_EXAMPLES): readonly Example[] {
  return sentences
    .filter((sentence) => sentence.words.length <= MAX_EXAMPLE_WORDS)
    .map(exampleOf)
    .filter((example) => example.severity > 0)
    .sort((a, b) => b.severity - a.severity)
    .slice(0, most);
}

function exampleOf({ words, gold, predicted, confidences, line }: MeasuredSentence): Example {
  const entitiesOf = (tags: readonly string[]): (WordSpan & { sentence: number })[] =>
    spansOf(tags).map((span) => ({ ...span, sentence: 0 }));
  const [goldEntities, predictedEntities] = [entitiesOf(gold), entitiesOf(predicted)];
  const { pairs } = pairEntities(goldEntities, predictedEntities);
  const kindOfGold = new Map(pairs.map((pair) => [pair.gold, pair.kind]));
  const kindOfPredicted = new Map(pairs.map((pair) => [pair.predicted, pair.kind]));
  const found = predictedEntities.map((entity, i): MarkedEntity => {
    const { type, start, end } = entity;
    const kind = kindOfPredicted.get(entity) ?? 'spurious';
    return { type, start, end, kind, confidence: confidences?.calibrated.entities[i] ?? null };
  });
  const wanted = goldEntities.map((entity): MarkedEntity => {
    const { type, start, end } = entity;
    return { type, start, end, kind: kindOfGold.get(entity) ?? 'missed', confidence: null };
  });
  const wrong = found.reduce((sum, { kind, confidence }) => sum + (kind === 'correct' ? 0 : (confidence ?? 1)), 0);
  const sureness = ({ start, end }: WordSpan): number => {
    const ofWords = confidences?.calibrated.words.slice(start, end) ?? [1];
    return ofWords.reduce((sum, confidence) => sum + confidence, 0) / ofWords.length;
  };
  const missed = wanted.reduce((sum, entity) => sum + (entity.kind === 'missed' ? sureness(entity) : 0), 0);
  return { line: line ?? null, words, gold: wanted, predicted: found, severity: wrong + missed };
}
