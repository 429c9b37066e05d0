import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { normalForm } from '../../../shared/trends/normal-form.ts';

describe('the form of a name', () => {
  test.each([
    ['New York', 'new york'],
    ['NEW  YORK', 'new york'],
    ['#NewYork', 'new york'],
    ['#New_York', 'new york'],
    ['new-york', 'new york'],
    ["New York's", 'new york'],
    ['New York\u2019s', 'new york'],
    ['New York!!', 'new york'],
    ['"New York",', 'new york'],
    ['(New York)', 'new york'],
    ['\u201cNew York\u201d\u2026', 'new york'],
    ['New York \u{1F5FD}', 'new york'],
    ['#newyork', 'newyork'],
    ['Beyonc\u00e9', 'beyonce'],
    ['Beyonce\u0301', 'beyonce'],
    ['BEYONC\u00c9', 'beyonce'],
    ['@BarackObama', 'barack obama'],
    ['#WorldCup2026', 'world cup 2026'],
    ['#NBAFinals', 'nba finals'],
    ['#iPhone7', 'i phone 7'],
    ['iPhone 7', 'iphone 7'],
    ['J.K. Rowling', 'jk rowling'],
    ['St. Louis', 'st louis'],
    ['U.S.', 'us'],
    ['yahoo.com', 'yahoo.com'],
    ["O'Neill", 'oneill'],
    ['AT&T', 'at&t'],
    ['Disney+', 'disney+'],
    ['P!nk', 'p!nk'],
    ['A$AP Rocky', 'a$ap rocky'],
    ["James'", 'james'],
    ["Obama's\u201d.", 'obama'],
    ['\uff2e\uff22\uff21', 'nba'],
    ['New\u200bYork', 'newyork'],
    ['\u202eLisbon\u202c', 'lisbon'],
    ['\u041c\u043e\u0441\u043a\u0432\u0430', '\u043c\u043e\u0441\u043a\u0432\u0430'],
    ['\u0627\u0644\u0642\u0627\u0647\u0631\u0629', '\u0627\u0644\u0642\u0627\u0647\u0631\u0629'],
    ['\u6771\u4eac', '\u6771\u4eac'],
    ['\u0926\u093f\u0932\u094d\u0932\u0940', '\u0926\u093f\u0932\u094d\u0932\u0940'],
  ])('%s is %s', (surface, form) => {
    expect(normalForm(surface)).toBe(form);
  });

  test.each(['', ' ', '#', '...', '\u{1F5FD}', '\ud800', '\u0000', "'s", '$', '++', '\ufffe'])(
    'of %j, which has no letter and no digit, is empty',
    (surface) => {
      expect(normalForm(surface)).toBe('');
    },
  );

  test('changes nothing when it is taken of itself', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 140 }), (surface) => {
        const form = normalForm(surface);
        expect(normalForm(form)).toBe(form);
      }),
      { numRuns: 1000 },
    );
  });

  test('of ten thousand marks on one letter comes at once, and is short', () => {
    expect(normalForm(`e${'\u0301'.repeat(10_000)}`)).toBe('e');
    expect(normalForm('x y '.repeat(10_000)).length).toBeLessThanOrEqual(120);
  });
});
