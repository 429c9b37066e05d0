import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairOrphans } from '../../../shared/labels/repair.ts';
import { spansOf } from '../../../shared/labels/spans.ts';
import { bioTags } from '../../support/tag-arbitraries.ts';

describe('repairOrphans', () => {
  test.each([
    ['I-x I-x O I-x', 'B-x I-x O B-x', [0, 3]],
    ['B-x I-y I-y', 'B-x B-y I-y', [1]],
    ['B-x I-x O', 'B-x I-x O', []],
    ['0 I-x', '0 B-x', [1]],
  ])('turns "%s" into "%s"', (before, after, changed) => {
    expect(repairOrphans(before.split(' '))).toEqual({ tags: after.split(' '), changed });
  });

  test('leaves the entities as they are and no orphan behind', () => {
    fc.assert(
      fc.property(bioTags, (tags) => {
        const repaired = repairOrphans(tags).tags;
        expect(spansOf(repaired)).toEqual(spansOf(tags));
        expect(repairOrphans(repaired).changed).toEqual([]);
      }),
    );
  });
});
