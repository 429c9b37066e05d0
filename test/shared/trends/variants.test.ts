import { expect, test, describe } from 'vitest';
import { createMergeMap } from '../../../shared/trends/merge-map.ts';
import { findVariants, type WordVector } from '../../../shared/trends/variants.ts';

const merged = (forms: Readonly<Record<string, number>>, vectorOf?: WordVector): string[] =>
  findVariants(
    Object.entries(forms).map(([form, tweets]) => ({ type: 'person', form, tweets })),
    vectorOf,
  ).map(({ form, into, reason }) => `${form} = ${into} (${reason})`);

describe('forms of one name', () => {
  test.each([
    ['the same letters with other spaces', { 'new york': 50, newyork: 4 }, ['newyork = new york (spacing)']],
    [
      'what is written out, though a tag is more frequent',
      { newyork: 50, 'new york': 20 },
      ['newyork = new york (spacing)'],
    ],
    ['a letter left out', { 'barack obama': 50, 'barak obama': 3 }, ['barak obama = barack obama (spelling)']],
    ['two letters changed about', { beckham: 50, bekcham: 2 }, []],
    ['a letter doubled', { schwarzenegger: 50, schwarzeneggger: 2 }, ['schwarzeneggger = schwarzenegger (spelling)']],
    [
      'two letters wrong in a long word',
      { schwarzenegger: 50, schwartzeneger: 2 },
      ['schwartzeneger = schwarzenegger (spelling)'],
    ],
  ])('are brought together: %s', (_, forms, expected) => {
    expect(merged(forms)).toEqual(expected);
  });

  test.each([
    ['another digit', { 'iphone 6': 50, 'iphone 7': 5 }],
    ['short words', { iran: 50, iraq: 5 }],
    ['another short word', { 'kim jong un': 50, 'kim jong il': 5 }],
    ['another first letter', { martina: 50, sartina: 5 }],
    ['two letters in a short word', { austria: 50, australia: 5 }],
    ['a word more', { 'manchester united': 50, manchester: 5 }],
    ['names that are as frequent', { katharina: 20, katarina: 15 }],
    ['one short word', { mario: 50, maria: 5 }],
    ['another ending', { australia: 50, australian: 5, australias: 3 }],
    ['another word of the same length', { 'north carolina': 50, 'south carolina': 5 }],
  ])('are left apart: %s', (_, forms) => {
    expect(merged(forms)).toEqual([]);
  });

  test('are left apart when they are of different types', () => {
    const forms = [
      { type: 'person', form: 'barack obama', tweets: 50 },
      { type: 'other', form: 'barak obama', tweets: 2 },
    ];
    expect(findVariants(forms)).toEqual([]);
  });

  const vectors: Readonly<Record<string, readonly number[]>> = {
    beckham: [1, 0],
    bekcham: [0.9, 0.1],
    katharina: [1, 0],
    katarina: [0, 1],
  };
  const vectorOf: WordVector = (word) => vectors[word];

  test('that are used alike may be spelt further apart', () => {
    expect(merged({ beckham: 50, bekcham: 2 }, vectorOf)).toEqual(['bekcham = beckham (meaning)']);
  });

  test('that are used differently are left apart, however alike they are spelt', () => {
    expect(merged({ katharina: 50, katarina: 5 })).toEqual(['katarina = katharina (spelling)']);
    expect(merged({ katharina: 50, katarina: 5 }, vectorOf)).toEqual([]);
  });
});

describe('a map of merges', () => {
  const merge = (form: string, into: string, state: 'auto' | 'undone' = 'auto') => ({
    type: 'person',
    form,
    into,
    reason: 'spelling' as const,
    score: 1,
    state,
  });

  test('follows merges to their end', () => {
    const map = createMergeMap([merge('a', 'b'), merge('b', 'c')]);
    expect(map.rootOf('person', 'a')).toBe('c');
    expect([...map.membersOf('person', 'c')].sort()).toEqual(['a', 'b', 'c']);
    expect(map.rootOf('other', 'a')).toBe('a');
  });

  test('leaves out what was undone', () => {
    expect(createMergeMap([merge('a', 'b', 'undone')]).rootOf('person', 'a')).toBe('a');
  });

  test('merges nothing in a circle', () => {
    const map = createMergeMap([merge('a', 'b'), merge('b', 'a')]);
    expect(['a', 'b'].map((form) => map.rootOf('person', form))).toEqual(['a', 'b']);
    expect(map.membersOf('person', 'a')).toEqual(['a']);
  });
});
