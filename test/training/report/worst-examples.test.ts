import { describe, expect, test } from 'vitest';
import { MAX_EXAMPLES, worstExamples } from '../../../training/report/worst-examples.ts';
import { measured } from '../../support/tiny-report.ts';

describe('worstExamples', () => {
  test('says what became of each entity', () => {
    const [example] = worstExamples([
      { ...measured('Ada/B-person saw/O New/B-geo-loc|B-person York/I-geo-loc|O Bob/B-person|O', 0.5), line: 7 },
    ]);
    expect(example).toEqual({
      line: 7,
      words: ['Ada', 'saw', 'New', 'York', 'Bob'],
      gold: [
        { type: 'person', start: 0, end: 1, kind: 'correct', confidence: null },
        { type: 'geo-loc', start: 2, end: 4, kind: 'both', confidence: null },
        { type: 'person', start: 4, end: 5, kind: 'missed', confidence: null },
      ],
      predicted: [
        { type: 'person', start: 0, end: 1, kind: 'correct', confidence: 0.5 },
        { type: 'person', start: 2, end: 3, kind: 'both', confidence: 0.5 },
      ],
      // One wrong entity and one missed, both at .5.
      severity: 1,
    });
  });

  test('puts the surest errors first, and leaves out sentences without any', () => {
    const found = worstExamples([
      measured('a/B-x', 0.9),
      measured('b/B-x|B-y', 0.3),
      measured('c/O|B-y', 0.8),
      measured('d/B-x|O', 0.6),
    ]);
    expect(found.map((example) => [example.words[0], example.severity])).toEqual([
      ['c', 0.8],
      ['d', 0.6],
      ['b', 0.3],
    ]);
  });

  test('counts each error as 1 without confidences, and keeps the order of the file among equals', () => {
    const found = worstExamples([measured('a/B-x|O'), measured('b/B-x|O c/B-y|O'), measured('d/O|B-x')]);
    expect(found.map((example) => [example.words[0], example.severity, example.line])).toEqual([
      ['b', 2, null],
      ['a', 1, null],
      ['d', 1, null],
    ]);
  });

  test('are few, and none of them is endless', () => {
    const endless = measured(Array.from({ length: 300 }, () => 'w/B-x|O').join(' '));
    const many = Array.from({ length: 80 }, () => measured('a/B-x|O'));
    const found = worstExamples([endless, ...many]);
    expect(found).toHaveLength(MAX_EXAMPLES);
    expect(found[0]!.words).toEqual(['a']);
  });
});
