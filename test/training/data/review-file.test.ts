import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readComments } from '../../../training/data/comments-csv.ts';
import { readReview, reviewLine, type ReviewedComment } from '../../../training/data/review-file.ts';
import { refusal } from '../../support/refusal.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const TEXT = '😀 Ann met Ann Bee at Veltra';
const texts = new Map([['a', TEXT]]);
const folder = join(import.meta.dirname, '..', '..', 'fixtures', 'recipes', 'video-comments');

function review(text: string): ReadonlyMap<string, ReviewedComment> {
  const file = join(tempFolder(), 'review.ndjson');
  writeFileSync(file, text);
  return readReview(file, texts);
}

function lineOf(spans: readonly object[], more: object = {}): string {
  return `${JSON.stringify({ id: 'a', text: TEXT, spans, ...more })}\n`;
}

const veltra = { start: 22, end: 28, type: 'ORG', text: 'Veltra', state: 'silver' };

test('what is written is read back, behind emoji too', () => {
  const span = { start: veltra.start, end: veltra.end, type: 'ORG' } as const;
  const spans = [{ start: 3, end: 6, type: 'PER', state: 'rejected' } as const, { ...span, state: 'silver' } as const];
  const line = reviewLine(TEXT, { id: 'a', isSeen: true, spans });
  expect(JSON.parse(line)).toEqual({ id: 'a', text: TEXT, spans: [{ ...spans[0], text: 'Ann' }, veltra] });
  expect(review(line).get('a')).toEqual({ id: 'a', isSeen: true, spans });
});

test('a line that was checked stays so', () => {
  const [line] = [...review(lineOf([veltra], { checked: true })).values()];
  expect(line!.isSeen).toBe(true);
  expect(JSON.parse(reviewLine(TEXT, line!))).toMatchObject({ checked: true });
  expect(review(lineOf([veltra])).get('a')!.isSeen).toBe(false);
});

test('a span may leave out its offsets where its text stands once', () => {
  const found = review(lineOf([{ type: 'PER', text: 'Ann Bee', state: 'corrected' }])).get('a')!;
  expect(found.spans).toEqual([{ start: 11, end: 18, type: 'PER', state: 'corrected' }]);
});

test('a rejected span may overlap the one that took its place', () => {
  const spans = [
    { start: 15, end: 18, type: 'ORG', text: 'Bee', state: 'rejected' },
    { start: 11, end: 18, type: 'PER', text: 'Ann Bee', state: 'corrected' },
  ];
  expect(review(lineOf(spans)).get('a')!.spans).toHaveLength(2);
});

const per = { type: 'PER', state: 'corrected' };

test.each([
  ['it is not JSON', '{"id":', 'not JSON'],
  ['a key is unknown', lineOf([], { comment: 1 }), 'not a reviewed comment'],
  ['a type is none', lineOf([{ ...veltra, type: 'LOC' }]), 'not a reviewed comment, got spans.0.type'],
  ['a state is none', lineOf([{ ...veltra, state: 'ok' }]), 'not a reviewed comment, got spans.0.state'],
  ['the comment is none', lineOf([], { id: 'b' }), "there is no such comment, got ID 'b'"],
  ['the text was changed', lineOf([], { text: 'Ann met Ann Bee at Veltra' }), 'the text was changed'],
  [
    'a span is outside the text',
    lineOf([{ ...veltra, end: 29 }]),
    'the span "Veltra" is outside the text, got [22, 29)',
  ],
  ['a span is of another text', lineOf([{ ...veltra, start: 21, end: 27 }]), '[21, 27) is not the text of the span'],
  ['a span has one offset', lineOf([{ ...per, text: 'Ann', start: 3 }]), 'the span "Ann" has one of start and end'],
  ['a text stands there twice', lineOf([{ ...per, text: 'Ann' }]), 'the span stands in the comment several times'],
  ['a text does not stand there', lineOf([{ ...per, text: 'Zoe' }]), 'the span is not in the comment, got "Zoe"'],
  ['a span has no word', lineOf([{ ...per, text: ' ', start: 2, end: 3 }]), 'the span [2, 3) has no word'],
  [
    'spans share a word',
    lineOf([veltra, { type: 'PER', text: 'Veltra', state: 'corrected' }]),
    'two spans share a word, got "Veltra" and "Veltra"',
  ],
])('fails when %s, with file and line', (_, line, what) => {
  expect(refusal(() => review(`\n${line}`))).toMatch(/^E_CORPUS_MALFORMED .*review\.ndjson:2: /);
  expect(refusal(() => review(`\n${line}`))).toContain(`:2: ${what}`);
});

test('fails when a comment is there twice', () => {
  expect(refusal(() => review(lineOf([]) + lineOf([])))).toContain('review.ndjson:2: comment a is there twice');
});

test('the hand-labelled fixtures hold against their comments', () => {
  const { comments, notices } = readComments(join(folder, 'comments.csv'));
  expect([comments.length, notices.length]).toEqual([216, 3]);
  const file = join(folder, 'labelled.ndjson');
  const labelled = readReview(file, new Map(comments.map(({ id, text }) => [id, text])));
  expect([...labelled.keys()]).toEqual(comments.slice(128).map(({ id }) => id));
  const spans = [...labelled.values()].flatMap((comment) => comment.spans);
  expect(Object.groupBy(spans, ({ type }) => type)).toMatchObject({
    PER: { length: 29 },
    ORG: { length: 32 },
    PROD: { length: 37 },
  });
  // Each line as this code would write it.
  const byId = new Map(comments.map(({ id, text }) => [id, text]));
  const written = [...labelled.values()].map((comment) => reviewLine(byId.get(comment.id)!, comment)).join('');
  expect(written).toBe(readFileSync(file, 'utf8').replace(/ *$/, ''));
});
