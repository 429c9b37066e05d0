import { describe, expect, test } from 'vitest';
import { isBioTag, parseTag, whyNotBio } from '../../../shared/labels/scheme.ts';

describe('parseTag', () => {
  test.each([
    ['O', { prefix: 'O', type: null }],
    ['B-person', { prefix: 'B', type: 'person' }],
    ['I-geo-loc', { prefix: 'I', type: 'geo-loc' }],
    ['B--x', { prefix: 'B', type: '-x' }],
    ['I-I-MISC', { prefix: 'I', type: 'I-MISC' }],
    ['B-地名', { prefix: 'B', type: '地名' }],
  ] as const)('reads %s', (tag, expected) => {
    expect(parseTag(tag)).toEqual(expected);
    expect(whyNotBio(tag)).toBeUndefined();
  });
});

describe('whyNotBio', () => {
  test.each([
    ['', 'the tag is empty'],
    ['B', 'has no entity type'],
    ['I-', 'has no entity type'],
    ['0', 'the digit zero'],
    ['S-person', 'BIOES or BILOU'],
    ['U-person', 'BIOES or BILOU'],
    ['b-person', 'lower-case'],
    ['o', 'lower-case'],
    ['VMISC', "tag 'VMISC' is not of the BIO scheme"],
    ['B_person', "tag 'B_person' is not of the BIO scheme"],
    ['O-person', "tag 'O-person' is not of the BIO scheme"],
  ])('says what is wrong with %j', (tag, reason) => {
    expect(isBioTag(tag)).toBe(false);
    expect(whyNotBio(tag)).toContain(reason);
    expect(whyNotBio(tag)).toContain('expected O, B-TYPE or I-TYPE');
  });
});
