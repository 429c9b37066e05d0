import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { corpusEntities, type CorpusEntity } from '../../../shared/evaluation/corpus-entities.ts';
import { pairEntities } from '../../../shared/evaluation/entity-pairs.ts';
import { bioTags } from '../../support/tag-arbitraries.ts';

const entitiesOf = (tags: string): readonly CorpusEntity[] => corpusEntities([tags.split(' ')], { mode: 'default' });
const name = ({ type, start, end }: CorpusEntity): string => `${type}[${start},${end})`;

/** The pairs of two tag sequences, as text. */
function paired(gold: string, predicted: string): string[] {
  const { pairs, missed, spurious } = pairEntities(entitiesOf(gold), entitiesOf(predicted));
  return [
    ...pairs.map((pair) => `${pair.kind}: ${name(pair.gold)} ${name(pair.predicted)}`),
    ...missed.map((entity) => `missed: ${name(entity)}`),
    ...spurious.map((entity) => `spurious: ${name(entity)}`),
  ];
}

describe('pairEntities', () => {
  // By hand, from the rule in the doc comment.
  test.each([
    ['the same', 'B-x I-x O', 'B-x I-x O', ['correct: x[0,2) x[0,2)']],
    ['another type', 'B-x I-x O', 'B-y I-y O', ['type: x[0,2) y[0,2)']],
    ['an end too far', 'B-x I-x O', 'B-x I-x I-x', ['boundary: x[0,2) x[0,3)']],
    ['an end too far and another type', 'B-x I-x O', 'B-y I-y I-y', ['both: x[0,2) y[0,3)']],
    ['neighbours that share no word', 'B-x O', 'O B-x', ['missed: x[0,1)', 'spurious: x[1,2)']],
    ['one in two parts', 'B-x I-x I-x', 'B-x B-x I-x', ['boundary: x[0,3) x[1,3)', 'spurious: x[0,1)']],
    ['two as one', 'B-x B-x I-x', 'B-x I-x I-x', ['boundary: x[1,3) x[0,3)', 'missed: x[0,1)']],
    [
      'the same words before a larger overlap',
      'B-x B-y I-y',
      'B-y B-y B-y',
      ['type: x[0,1) y[0,1)', 'boundary: y[1,3) y[1,2)', 'spurious: y[2,3)'],
    ],
    [
      'the same type before more common words',
      'B-x I-x I-x',
      'B-y I-y B-x',
      ['boundary: x[0,3) x[2,3)', 'spurious: y[0,2)'],
    ],
    ['equal overlaps from the left', 'B-x I-x', 'B-x B-x', ['boundary: x[0,2) x[0,1)', 'spurious: x[1,2)']],
  ])('%s', (_case, gold, predicted, expected) => {
    expect(paired(gold, predicted)).toEqual(expected);
  });

  test('has every entity once, and pairs what it says it pairs', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(bioTags, bioTags), { maxLength: 4 }), (sentences) => {
        const cut = sentences.map(([a, b]) => [a, b].map((tags) => tags.slice(0, Math.min(a.length, b.length))));
        const [gold, predicted] = [0, 1].map((side) =>
          corpusEntities(
            cut.map((both) => both[side]!),
            { mode: 'default' },
          ),
        );
        const found = pairEntities(gold!, predicted!);
        const sorted = (entities: readonly CorpusEntity[]): string[] => entities.map(name).sort();
        expect(sorted([...found.pairs.map((pair) => pair.gold), ...found.missed])).toEqual(sorted(gold!));
        expect(sorted([...found.pairs.map((pair) => pair.predicted), ...found.spurious])).toEqual(sorted(predicted!));
        for (const { kind, gold: a, predicted: b } of found.pairs) {
          const same = a.start === b.start && a.end === b.end;
          expect(Math.max(a.start, b.start)).toBeLessThan(Math.min(a.end, b.end));
          expect(kind).toBe(same ? (a.type === b.type ? 'correct' : 'type') : a.type === b.type ? 'boundary' : 'both');
        }
        // Nothing that overlaps is left on both sides: it would have been a pair.
        for (const a of found.missed) {
          for (const b of found.spurious)
            expect(Math.max(a.start, b.start)).toBeGreaterThanOrEqual(Math.min(a.end, b.end));
        }
      }),
    );
  });
});
