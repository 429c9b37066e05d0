import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTag } from '../../../shared/labels/scheme.ts';
import { spansOf, tagsOf, type WordSpan } from '../../../shared/labels/spans.ts';
import { bioTags } from '../../support/tag-arbitraries.ts';

function tags(text: string): string[] {
  return text === '' ? [] : text.split(' ');
}

/** `PER[0,2) LOC[3,4)` */
function show(spans: readonly WordSpan[]): string {
  return spans.map((span) => `${span.type}[${span.start},${span.end})`).join(' ');
}

/** BIO in other words: a span begins at each B, and at each I that does not go on with the type before it. */
function byDefinition(sequence: readonly string[]): WordSpan[] {
  const spans: WordSpan[] = [];
  sequence.forEach((tag, start) => {
    const { prefix, type } = parseTag(tag)!;
    const before = start > 0 ? parseTag(sequence[start - 1]!)! : undefined;
    if (prefix === 'O' || (prefix === 'I' && before?.type === type)) return;
    let end = start + 1;
    while (end < sequence.length && sequence[end] === `I-${type}`) end++;
    spans.push({ type, start, end });
  });
  return spans;
}

describe('spansOf', () => {
  // seqeval default mode, chakki-works/seqeval cd01b52; ends are exclusive here.
  test.each([
    ['O I-PER I-PER O', 'PER[1,3)'],
    ['B-PER I-ORG', 'PER[0,1) ORG[1,2)'],
    ['I-X I-Y', 'X[0,1) Y[1,2)'],
    ['B-PER I-PER', 'PER[0,2)'],
    ['0 B-PER', '_[0,1) PER[1,2)'],
    ['0', ''],
    ['0 O', ''],
    ['I-PER O 0 I-LOC', 'PER[0,1) _[0,3) LOC[3,4)'],
    ['VMISC O', 'MISC[0,1)'],
    ['I- O', '_[0,1)'],
    ['I-I-MISC O', 'I-MISC[0,1)'],
    ['B-geo-loc I-geo-loc', 'geo-loc[0,2)'],
    ['', ''],
    ['B-PER B-PER', 'PER[0,1) PER[1,2)'],
    ['B-LOC I-LOC E-LOC O S-PER', 'LOC[0,3) PER[4,5)'],
  ])('of "%s" are "%s"', (sequence, expected) => {
    expect(show(spansOf(tags(sequence)))).toBe(expected);
  });

  test('of BIO tags are what the definition says', () => {
    fc.assert(
      fc.property(bioTags, (sequence) => {
        expect(spansOf(sequence)).toEqual(byDefinition(sequence));
      }),
    );
  });

  test('fails when a tag is empty', () => {
    expect(() => spansOf(['O', ''])).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
  });
});

describe('tagsOf', () => {
  test('writes B on the first word and I on the others, whatever the order of the spans', () => {
    const spans = [
      { type: 'geo-loc', start: 3, end: 5 },
      { type: 'person', start: 0, end: 1 },
    ];
    expect(tagsOf(spans, 6)).toEqual(['B-person', 'O', 'O', 'B-geo-loc', 'I-geo-loc', 'O']);
  });

  test('gives back the spans it was given', () => {
    fc.assert(
      fc.property(bioTags, (sequence) => {
        const spans = spansOf(sequence);
        expect(spansOf(tagsOf(spans, sequence.length))).toEqual(spans);
      }),
    );
  });

  test.each([
    ['is empty', [{ type: 'x', start: 1, end: 1 }]],
    ['begins before the sentence', [{ type: 'x', start: -1, end: 1 }]],
    ['ends after the sentence', [{ type: 'x', start: 1, end: 4 }]],
    ['has a broken start', [{ type: 'x', start: 0.5, end: 2 }]],
    ['has no type', [{ type: '', start: 0, end: 1 }]],
    [
      'overlaps another',
      [
        { type: 'x', start: 0, end: 2 },
        { type: 'y', start: 1, end: 3 },
      ],
    ],
  ])('fails when a span %s', (_case, spans) => {
    expect(() => tagsOf(spans, 3)).toThrow(expect.objectContaining({ code: 'E_SPAN_INVALID' }));
  });
});
