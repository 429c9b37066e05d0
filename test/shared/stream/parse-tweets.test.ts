import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { LINE_MAX_BYTES, TWEET_MAX_CODE_POINTS } from '../../../shared/contracts/limits.ts';
import { detectFormat, parseTweets } from '../../../shared/stream/parse-tweets.ts';
import { codeOf } from '../../support/error-code.ts';

const parse = (content: string | Uint8Array, format: 'ndjson' | 'json' | 'text' = 'ndjson', firstLine?: number) =>
  parseTweets(Buffer.from(content), { name: 'in', format, ...(firstLine === undefined ? {} : { firstLine }) });

const line = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** Any sequence of UTF-16 units: lone surrogates, controls, U+FFFE. */
const anyText = fc
  .array(fc.oneof(fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(0xd83d, 0xde00, 0xfffe, 0, 0x0a)), {
    maxLength: 60,
  })
  .map((units) => String.fromCharCode(...units));

const anyTweet = fc.record(
  {
    id: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }),
    text: anyText,
    lang: fc.constantFrom('en', 'ja'),
    author: fc.string({ maxLength: 20 }),
    created_at: fc.constantFrom('2026-03-04T05:06:07Z', '2026-03-04T05:06:07.089+02:00'),
  },
  { requiredKeys: ['id', 'text'] },
);

describe('what goes in as JSON comes out as it was', () => {
  test('one a line', () => {
    fc.assert(
      fc.property(fc.array(anyTweet), (tweets) => {
        expect(parse(tweets.map(line).join(''))).toEqual({ tweets, rejected: [] });
      }),
    );
  });

  test('as one array', () => {
    fc.assert(
      fc.property(fc.array(anyTweet), (tweets) => {
        expect(parse(JSON.stringify(tweets, undefined, 1), 'json')).toEqual({ tweets, rejected: [] });
      }),
    );
  });
});

test('takes any bytes without a crash, and each line is a tweet, blank or rejected', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.constantFrom('ndjson', 'text'), (bytes, format) => {
      const { tweets, rejected } = parse(bytes, format);
      const count = Buffer.from(bytes).toString('latin1').split('\n').length;
      expect(tweets.length + rejected.length).toBeLessThanOrEqual(count);
    }),
  );
});

test('keeps good lines around bad ones, and says which line is bad, why, and what it was', () => {
  const { tweets, rejected } = parse(
    `${line({ id: '1', text: 'a' })}{"id": "2", \n\r\n${line({ id: '3', text: 'c' })}`,
    'ndjson',
    5,
  );
  expect(tweets.map(({ id }) => id)).toEqual(['1', '3']);
  expect(rejected).toMatchObject([{ line: 6, code: 'E_TWEET_MALFORMED', raw: '{"id": "2", ' }]);
  expect(rejected[0]!.reason).toMatch(/^in:6: tweet: not JSON/);
});

test.each([
  ['no object', '42', /the line: Invalid input/],
  ['null', 'null', /the line: Invalid input/],
  ['an array', '[]', /the line: Invalid input/],
  ['no id', '{"text":"a"}', /id: Invalid input/],
  ['a number as id', '{"id":1,"text":"a"}', /id: Invalid input/],
  ['an empty id', '{"id":"","text":"a"}', /id: Too small/],
  ['an id of 129 characters', line({ id: 'x'.repeat(129), text: 'a' }), /id: Too big/],
  ['an id with a lone surrogate', '{"id":"\\ud800","text":"a"}', /id has a lone surrogate/],
  ['no text', '{"id":"1"}', /text: Invalid input/],
  ['a time that is none', '{"id":"1","text":"a","created_at":"yesterday"}', /created_at: Invalid ISO datetime/],
])('fails for a line with %s as malformed', (_, bad, reason) => {
  const { tweets, rejected } = parse(bad);
  expect(tweets).toEqual([]);
  expect(rejected).toMatchObject([
    { line: 1, code: 'E_TWEET_MALFORMED', reason: expect.stringMatching(reason) as string },
  ]);
});

test('keeps unknown keys out, and the prototype what it was', () => {
  const { tweets } = parse(
    '{"id":"1","text":"a","__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"extra":1}',
  );
  expect(tweets).toEqual([{ id: '1', text: 'a' }]);
  expect(Object.keys(tweets[0]!)).toEqual(['id', 'text']);
  expect('polluted' in {}).toBe(false);
  expect('polluted' in tweets[0]!).toBe(false);
});

test('takes a text of as many code points as are allowed, and fails for one more', () => {
  const most = '😀'.repeat(TWEET_MAX_CODE_POINTS);
  expect(parse(line({ id: '1', text: most })).tweets).toHaveLength(1);
  expect(parse(line({ id: '1', text: `${most}a` })).rejected).toMatchObject([{ code: 'E_TWEET_TOO_LARGE' }]);
  expect(
    parse(JSON.stringify([{ id: '1', text: '\ud800'.repeat(TWEET_MAX_CODE_POINTS + 1) }]), 'json').rejected,
  ).toHaveLength(1);
});

test('fails for a line that is too long, and keeps as much of it as a line may have', () => {
  const { rejected } = parse(`${'x'.repeat(LINE_MAX_BYTES + 1)}\n${line({ id: '1', text: 'a' })}`);
  expect(rejected).toMatchObject([{ line: 1, code: 'E_TWEET_TOO_LARGE', raw: 'x'.repeat(LINE_MAX_BYTES) }]);
});

test('fails for bytes that are not UTF-8, and keeps them in base64', () => {
  const bad = Buffer.from([0x7b, 0xff, 0xfe, 0x7d]);
  const { tweets, rejected } = parse(Buffer.concat([bad, Buffer.from(`\n${line({ id: '1', text: 'a' })}`)]));
  expect(tweets).toHaveLength(1);
  expect(rejected).toMatchObject([{ line: 1, code: 'E_TWEET_MALFORMED', encoding: 'base64' }]);
  expect(Buffer.from(rejected[0]!.raw, 'base64')).toEqual(bad);
});

test('reads text with one tweet a line, with the name and the line as id', () => {
  const { tweets } = parse('\ufefffirst\r\n\n  \nNUL \0 and {"id":"x"}\n', 'text', 1);
  expect(tweets).toEqual([
    { id: 'in:1', text: 'first' },
    { id: 'in:4', text: 'NUL \0 and {"id":"x"}' },
  ]);
});

test('rejects bad elements of an array by their number', () => {
  const { tweets, rejected } = parse('\ufeff[{"id":"1","text":"a"}, {"id":2}, {"id":"3","text":"c"}]', 'json');
  expect(tweets.map(({ id }) => id)).toEqual(['1', '3']);
  expect(rejected).toMatchObject([{ line: 2, raw: '{"id":2}' }]);
});

test.each([
  ['is cut off', '[{"id":"1"'],
  ['is an object', '{"id":"1","text":"a"}'],
  ['is empty', ''],
])('fails as a whole for an array that %s', async (_, content) => {
  expect(await codeOf(() => parse(content, 'json'))).toBe('E_TWEET_MALFORMED');
});

test.each([
  ['{"id":"1"}', 'ndjson'],
  ['\ufeff \n{ "id":"1"}', 'ndjson'],
  ['{}', 'ndjson'],
  ['[{"id":"1"}]', 'json'],
  [' [\n  {', 'json'],
  ['[]', 'json'],
  ['[VIDEO] hello', 'text'],
  ['{hello}', 'text'],
  ['hello', 'text'],
  ['', 'text'],
] as const)('takes %j for %s', (head, format) => {
  expect(detectFormat(Buffer.from(head))).toBe(format);
});
