import { expect, test } from 'vitest';
import { commentParts, countGroups } from '../../../training/analysis/group-counts.ts';
import { analysed } from '../../support/analysed-comments.ts';

const analysis = analysed([
  { text: '[Nimbus Air|PROD] please, [NimbusAir|PROD]!', author: 'ann', likes: 5, labels: { Safety: '1' } },
  { text: 'a [Nimbus Air|PROD] for me', author: 'ann', likes: 2, labels: { Safety: '0' } },
  { text: '[Zephyr|PROD] by [Acme|ORG]', author: 'bob', likes: 7, labels: { Safety: 'x' } },
  { text: 'no name', author: 'cy', likes: 100, labels: { Safety: 'x' } },
]);

const brief = (chosen: Parameters<typeof countGroups>[1]): readonly unknown[] =>
  countGroups(analysis, chosen).map(({ group, mentions, comments, authors, likes }) => [
    group.title,
    mentions,
    comments,
    authors,
    likes,
  ]);

test('a comment and an author count once for a group, however often and however written', () => {
  expect(brief(() => true)).toEqual([
    ['Nimbus Air', 3, 2, 1, 7],
    ['Acme', 1, 1, 1, 7],
    ['Zephyr', 1, 1, 1, 7],
  ]);
});

test('only the comments that are chosen count', () => {
  expect(brief(({ likes }) => likes === 5)).toEqual([['Nimbus Air', 2, 1, 1, 5]]);
  expect(brief(() => false)).toEqual([]);
});

test('parts are all comments, those with a label set, and those with each value', () => {
  const parts = commentParts(analysis).filter(({ column }) => column === 'all' || column === 'Safety');
  const chosen = parts.map(({ column, value, readAs, isChosen }) => [
    column,
    value,
    readAs,
    analysis.comments
      .filter(isChosen)
      .map(({ id }) => id)
      .join(' '),
  ]);
  expect(chosen).toEqual([
    ['all', undefined, 'all', 'c1 c2 c3 c4'],
    ['Safety', undefined, 'set', 'c1 c3 c4'],
    ['Safety', '0', 'not set', 'c2'],
    ['Safety', '1', 'set', 'c1'],
    ['Safety', 'x', 'set', 'c3 c4'],
  ]);
});
