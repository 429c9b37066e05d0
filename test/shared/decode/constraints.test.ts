import { describe, expect, test } from 'vitest';
import { bioConstraints, continuations, mayFollow, noConstraints } from '../../../shared/decode/constraints.ts';
import { parseTag } from '../../../shared/labels/scheme.ts';

const labels = ['O', 'B-a', 'I-a', 'B-b', 'I-b'];

describe('mayFollow', () => {
  test.each([
    [null, 'O', true],
    [null, 'B-a', true],
    [null, 'I-a', false],
    ['O', 'O', true],
    ['O', 'B-a', true],
    ['O', 'I-a', false],
    ['B-a', 'O', true],
    ['B-a', 'B-a', true],
    ['B-a', 'B-b', true],
    ['B-a', 'I-a', true],
    ['B-a', 'I-b', false],
    ['I-a', 'O', true],
    ['I-a', 'B-a', true],
    ['I-a', 'I-a', true],
    ['I-a', 'I-b', false],
    ['B-geo-loc', 'I-geo-loc', true],
    ['B-geo-loc', 'I-geo', false],
  ])('after %s, %s: %s', (previous, tag, allowed) => {
    expect(mayFollow(previous === null ? null : parseTag(previous)!, parseTag(tag)!)).toBe(allowed);
  });
});

describe('bioConstraints', () => {
  test('holds what mayFollow says of every pair', () => {
    const rules = bioConstraints(labels);
    labels.forEach((to, y) => {
      expect(rules.start[y] === 1).toBe(mayFollow(null, parseTag(to)!));
      expect(Array.from(rules.predecessors.subarray(rules.first[y], rules.first[y + 1]))).toEqual(
        labels.flatMap((from, x) => (mayFollow(parseTag(from)!, parseTag(to)!) ? [x] : [])),
      );
    });
  });

  test('fails when a label is not a BIO tag', () => {
    expect(() => bioConstraints(['O', 'S-a'])).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
  });

  test('fails when no label may begin a sentence', () => {
    expect(() => bioConstraints(['I-a'])).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
  });
});

test('noConstraints allows every label everywhere', () => {
  const rules = noConstraints(3);
  expect(Array.from(rules.start)).toEqual([1, 1, 1]);
  expect(Array.from(rules.first)).toEqual([0, 3, 6, 9]);
  expect(Array.from(rules.predecessors)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
});

describe('continuations', () => {
  test('names the I- column of each label that has one', () => {
    expect(Array.from(continuations([...labels, 'B-c']))).toEqual([-1, 2, 2, 4, 4, -1]);
  });

  test('fails when a label is not a BIO tag', () => {
    expect(() => continuations(['O', ''])).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
  });
});
