import { describe, expect, test } from 'vitest';
import { createLabelSet } from '../../../shared/labels/label-set.ts';

describe('createLabelSet', () => {
  test('puts O first, then B and I of each type in sorted order, each once', () => {
    const set = createLabelSet(['person', 'geo-loc', 'person']);
    expect(set.types).toEqual(['geo-loc', 'person']);
    expect(set.labels).toEqual(['O', 'B-geo-loc', 'I-geo-loc', 'B-person', 'I-person']);
    expect(set.labels.map((label) => set.indexOf(label))).toEqual([0, 1, 2, 3, 4]);
  });

  test('of no types holds O alone', () => {
    expect(createLabelSet([]).labels).toEqual(['O']);
  });

  test('fails when a tag is not in the set, naming the tag and the labels', () => {
    expect(() => createLabelSet(['person']).indexOf('B-movie')).toThrow(
      expect.objectContaining({
        code: 'E_LABEL_UNKNOWN',
        message:
          "indexOf: the tag is not in the label set, got 'B-movie'; expected one of O, B-person, I-person. " +
          'Correct the tag, or train on data that has this type.',
      }),
    );
  });

  test('fails when a type is empty', () => {
    expect(() => createLabelSet(['person', ''])).toThrow(expect.objectContaining({ code: 'E_LABEL_UNKNOWN' }));
  });
});
