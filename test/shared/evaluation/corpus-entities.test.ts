import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { spansOf } from '../../../shared/labels/spans.ts';
import { corpusEntities } from '../../../shared/evaluation/corpus-entities.ts';
import { bioTags } from '../../support/tag-arbitraries.ts';

describe('corpusEntities', () => {
  test.each([{ mode: 'default' } as const, { mode: 'strict', scheme: 'IOB2' } as const])(
    'lays sentences end to end with one place between: %o',
    (how) => {
      expect(corpusEntities([['O', 'B-x'], [], ['B-x', 'I-x', 'B-y']], how)).toEqual([
        { type: 'x', start: 1, end: 2, sentence: 0 },
        { type: 'x', start: 4, end: 6, sentence: 2 },
        { type: 'y', start: 6, end: 7, sentence: 2 },
      ]);
    },
  );

  test('in default mode has the entities of each sentence by itself, for BIO tags', () => {
    fc.assert(
      fc.property(fc.array(bioTags, { maxLength: 4 }), (sentences) => {
        const oneByOne = sentences.flatMap((tags, sentence) =>
          spansOf(tags).map(({ type, start, end }) => ({ type, length: end - start, sentence })),
        );
        const joined = corpusEntities(sentences, { mode: 'default' });
        expect(joined.map(({ type, start, end, sentence }) => ({ type, length: end - start, sentence }))).toEqual(
          oneByOne,
        );
      }),
    );
  });

  test('in default mode drags the entity of an odd tag across sentences, as seqeval does', () => {
    // get_entities([['B-x'], ['0', 'I-y']]) of seqeval 1.2.2: ('x', 0, 0), ('_', 0, 2), ('y', 3, 3).
    expect(corpusEntities([['B-x'], ['0', 'I-y']], { mode: 'default' })).toEqual([
      { type: 'x', start: 0, end: 1, sentence: 0 },
      { type: '_', start: 0, end: 3, sentence: 1 },
      { type: 'y', start: 3, end: 4, sentence: 1 },
    ]);
  });
});
