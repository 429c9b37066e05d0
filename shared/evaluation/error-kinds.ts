import { compareCodePoints } from '../labels/code-point-order.ts';
import { pairEntities, type EntityPairs, type PairKind } from './entity-pairs.ts';
import { checkAligned } from './aligned.ts';
import { corpusEntities, type TaggedSentences } from './corpus-entities.ts';

/** How many entities were found, nearly found, missed or made up; see `pairEntities` for what each word means. */
export type ErrorCounts = Readonly<Record<PairKind | 'missed' | 'spurious', number>>;

/** What each kind means, in the order in which they are listed. */
export const ERROR_KINDS: readonly (readonly [keyof ErrorCounts, string])[] = [
  ['correct', 'same words, same type'],
  ['boundary', 'same type, words that overlap'],
  ['type', 'same words, another type'],
  ['both', 'another type, words that overlap'],
  ['missed', 'gold, and nothing found there'],
  ['spurious', 'found, and nothing gold there'],
];

/** What was predicted at the place of each gold entity. Rows are gold types, columns predicted ones, both as `types`. */
export interface EntityConfusion {
  /** Types of gold and prediction, sorted by code points. */
  readonly types: readonly string[];
  /** Pairs of the same words; the diagonal is correct, the rest are type errors. */
  readonly exact: readonly (readonly number[])[];
  /** Pairs of other words that overlap; the diagonal are boundary errors, the rest both. */
  readonly overlapping: readonly (readonly number[])[];
  /** By gold type: nothing belongs to them. */
  readonly missed: readonly number[];
  /** By predicted type: they belong to nothing. */
  readonly spurious: readonly number[];
}

export interface ErrorReport {
  readonly counts: ErrorCounts;
  /** By gold type; `spurious` by predicted type. */
  readonly perType: Readonly<Record<string, ErrorCounts>>;
  readonly confusion: EntityConfusion;
}

/**
 * Tells the errors of a tagger apart, over the entities of seqeval's default mode. Strict figures know only right and
 * wrong; here an entity with a wrong end and one that is not there at all are two things.
 *
 * @throws {E_SHAPE_MISMATCH} when gold and prediction differ in sentences or words.
 * @throws {E_LABEL_UNKNOWN} when a tag is empty.
 */
export function errorKinds(gold: TaggedSentences, predicted: TaggedSentences): ErrorReport {
  checkAligned('errorKinds', gold, predicted);
  const entities = (sentences: TaggedSentences): ReturnType<typeof corpusEntities> =>
    corpusEntities(sentences, { mode: 'default' });
  return errorReport(pairEntities(entities(gold), entities(predicted)));
}

function errorReport({ pairs, missed, spurious }: EntityPairs): ErrorReport {
  const used = [...pairs.flatMap((pair) => [pair.gold, pair.predicted]), ...missed, ...spurious];
  const types = [...new Set(used.map((entity) => entity.type))].sort(compareCodePoints);
  const index = new Map(types.map((type, i) => [type, i]));
  const square = (): number[][] => types.map(() => types.map(() => 0));
  const confusion = {
    exact: square(),
    overlapping: square(),
    missed: types.map(() => 0),
    spurious: types.map(() => 0),
  };
  const perType = types.map(() => ({ correct: 0, type: 0, boundary: 0, both: 0, missed: 0, spurious: 0 }));
  for (const { kind, gold, predicted } of pairs) {
    const matrix = kind === 'correct' || kind === 'type' ? confusion.exact : confusion.overlapping;
    matrix[index.get(gold.type)!]![index.get(predicted.type)!]!++;
    perType[index.get(gold.type)!]![kind]++;
  }
  for (const { type } of missed) {
    confusion.missed[index.get(type)!]!++;
    perType[index.get(type)!]!.missed++;
  }
  for (const { type } of spurious) {
    confusion.spurious[index.get(type)!]!++;
    perType[index.get(type)!]!.spurious++;
  }
  const sum = (kind: keyof ErrorCounts): number => perType.reduce((total, counts) => total + counts[kind], 0);
  return {
    counts: {
      correct: sum('correct'),
      type: sum('type'),
      boundary: sum('boundary'),
      both: sum('both'),
      missed: sum('missed'),
      spurious: sum('spurious'),
    },
    perType: Object.fromEntries(types.map((type, i) => [type, perType[i]!])),
    confusion: { types, ...confusion },
  };
}
