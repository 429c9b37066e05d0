import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { repairOrphans } from '../../../shared/labels/repair.ts';
import { spansOf } from '../../../shared/labels/spans.ts';
import { strictSpansOf } from '../../../shared/evaluation/strict-spans.ts';
import { bioTags } from '../../support/tag-arbitraries.ts';

function show(sequence: string, scheme: 'IOB1' | 'IOB2'): string {
  return strictSpansOf(sequence.split(' '), scheme)
    .map((span) => `${span.type}[${span.start},${span.end})`)
    .join(' ');
}

describe('strictSpansOf', () => {
  // seqeval strict mode, chakki-works/seqeval cd01b52.
  test.each([
    ['O I-PER I-PER O', 'IOB2', ''],
    ['B-PER I-ORG', 'IOB2', 'PER[0,1)'],
    ['I-X I-Y', 'IOB2', ''],
    ['B-PER I-PER', 'IOB2', 'PER[0,2)'],
    ['B-PER I-PER', 'IOB1', 'PER[1,2)'],
    ['I- O', 'IOB2', ''],
    ['I-I-MISC O', 'IOB2', ''],
    ['B-geo-loc I-geo-loc', 'IOB2', 'geo-loc[0,2)'],
    ['B--x- Ix B', 'IOB2', 'x[0,2) _[2,3)'],
    ['I-PER I-PER B-PER I-LOC', 'IOB1', 'PER[0,2) PER[2,3) LOC[3,4)'],
  ] as const)('of "%s" in %s are "%s"', (sequence, scheme, expected) => {
    expect(show(sequence, scheme)).toBe(expected);
  });

  test('are those of the default mode once orphans are repaired', () => {
    fc.assert(
      fc.property(bioTags, (tags) => {
        expect(strictSpansOf(repairOrphans(tags).tags, 'IOB2')).toEqual(spansOf(tags));
      }),
    );
  });

  test.each(['0', '0 B-PER', 'O 0', 'I-PER O 0 I-LOC', 'VMISC O', 'S-x', 'E-x', ' '])(
    'fails when a tag begins with anything but I, O or B: "%s"',
    (sequence) => {
      expect(() => show(sequence, 'IOB2')).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
    },
  );

  test('fails with the place and the tag', () => {
    expect(() => strictSpansOf(['O', '0'], 'IOB2', 7)).toThrow(
      "strict mode: the tag of word 1 in sentence 7 (both from 0) is not of the scheme IOB2, got '0'; " +
        'expected O, B-TYPE or I-TYPE. Correct the tag, or use the default mode.',
    );
  });
});
