import { expect, test } from 'vitest';
import { analysisPage } from '../../../training/analysis/analysis-page.ts';
import { analysed } from '../../support/analysed-comments.ts';

/** Text of a page without its tags, spaces put together. */
const textOf = (page: string): string =>
  page
    .replace(/<style>.*?<\/style>|<svg.*?<\/svg>/gs, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const marked = [
  {
    text: 'a [Nimbus Air|PROD] with a horn <b>now</b>',
    author: 'ann & co',
    likes: 31,
    labels: { 'Feature request': '1', Polarity: 'positive' },
  },
  { text: '[NimbusAir|PROD] stops, thanks [Acme|ORG]', author: 'bob', likes: 2, labels: { 'Problem report': 'yes' } },
  { text: 'it crashed again', author: 'cy', likes: 9, labels: { 'Problem report': 'yes' } },
];

test('the page says what is requested, what is broken, for what, and who says it', async () => {
  const text = textOf(await analysisPage(analysed(marked)));
  expect(text).toContain('is set in 1 comment of 3, written by 1 author and liked 31 times. Names are in 1 of them.');
  expect(text).toContain(
    'is set in 2 comments of 3, written by 2 authors and liked 11 times. Names are in 1 of them; what',
  );
  // The most liked first, whether it names something or not.
  expect(text.indexOf('it crashed again')).toBeGreaterThan(0);
  expect(text.indexOf('it crashed again')).toBeLessThan(text.indexOf('stops, thanks'));
  expect(text).toContain('nimbus air 1 stands for the group');
  expect(text).toContain('1 1.00 spacing, as &#39;nimbus air&#39;');
  expect(text).toContain('by their letters alone: the model has no transformer encoder');
  expect(text).toContain('Problem report yes 2 set');
  expect(text).toContain('Problem report (empty) 1 not set');
});

test('what comments say stays text, and nothing is fetched or run', async () => {
  const page = await analysisPage(analysed(marked));
  expect(page).toContain('ann &amp; co');
  expect(page).toContain('&lt;b&gt;now&lt;/b&gt;');
  expect(page).not.toMatch(/<script|<link|<img|src=|url\(/);
  expect(page.match(/<svg/g)).toHaveLength(4);
});

test('a page of comments without names or labels says so', async () => {
  const text = textOf(await analysisPage(analysed([{ text: 'first!' }])));
  expect(text).toContain('No comment has Feature request set.');
  expect(text).toContain('No comment has Problem report set.');
  expect(text).toContain('Nothing was brought together.');
});

test('long comments are cut, and what was left out is listed', async () => {
  const long = [{ text: `${'a'.repeat(600)} end`, labels: { 'Feature request': 'x' } }];
  const notices = Array.from({ length: 45 }, (_, i) => `comments.csv:${i + 2}: left out`);
  const text = textOf(await analysisPage({ ...analysed(long), notices }));
  expect(text).toContain(`${'a'.repeat(500)} …`);
  expect(text).not.toContain('a'.repeat(501));
  expect(text).toContain('comments.csv:41: left out and 5 more');
});

test('the same analysis gives the same page', async () => {
  expect(await analysisPage(analysed(marked))).toBe(await analysisPage(analysed(marked)));
});
