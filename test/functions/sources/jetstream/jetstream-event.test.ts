import { describe, expect, test } from 'vitest';
import { readJetstreamEvent } from '../../../../functions/sources/jetstream/jetstream-event.ts';
import { SOURCE_MESSAGE_MAX_BYTES } from '../../../../functions/sources/rejected-input.ts';
import { postEvent, type PostOptions, postId } from '../../../support/jetstream-server.ts';

/** 2024-09-09T19:46:02.329308Z, of the example in Jetstream's documents. */
const TIME_US = 1_725_911_162_329_308;
const read = (text: string) => readJetstreamEvent(Buffer.from(text));
const post = (record: Readonly<Record<string, unknown>>) => read(postEvent(1, TIME_US, { record }));

test('a post that is created is a tweet: its address the id, the did the author', () => {
  expect(read(postEvent(7, TIME_US))).toEqual({
    kind: 'post',
    timeUs: TIME_US,
    tweet: {
      id: postId(7),
      text: 'post number 7',
      created_at: '2024-09-09T19:46:02.329Z',
      lang: 'en',
      author: 'did:plc:eygmaihciaxprqvxpfvl6flk',
    },
  });
});

describe('createdAt is what a client claims', () => {
  const seen = '2024-09-09T19:46:02.329Z';
  test.each([
    ['a time before', '2024-09-09T19:45:00.000Z', '2024-09-09T19:45:00.000Z'],
    ['a time of another zone', '2024-09-09T21:45:00+02:00', '2024-09-09T19:45:00.000Z'],
    ['a time to come', '2031-01-01T00:00:00.000Z', seen],
    ['no time', 'yesterday', seen],
    ['a day that is none', '2024-02-31T00:00:00Z', seen],
    ['a number', 5, seen],
    ['nothing', undefined, seen],
  ])('%s', (_, createdAt, expected) => {
    expect(post({ createdAt })).toMatchObject({ kind: 'post', tweet: { created_at: expected } });
  });
});

test.each([
  ['the first of several', ['pt-BR', 'en'], 'pt-BR'],
  ['none of an empty list', [], undefined],
  ['none of something else', 'en', undefined],
  ['none of a list of something else', [{}], undefined],
  ['none that is no code', ['x'.repeat(36)], undefined],
])('the language is %s', (_, langs, expected) => {
  const event = post({ langs });
  expect(event.kind === 'post' && event.tweet.lang).toBe(expected);
});

test.each<[string, string]>([
  ['an identity event', JSON.stringify({ did: 'did:plc:a', time_us: TIME_US, kind: 'identity', identity: {} })],
  ['an account event', JSON.stringify({ did: 'did:plc:a', time_us: TIME_US, kind: 'account', account: {} })],
  ['a kind that is yet to be', JSON.stringify({ did: 'did:plc:a', time_us: TIME_US, kind: 'sync' })],
  ['an update', postEvent(1, TIME_US, { operation: 'update' })],
  ['a delete', postEvent(1, TIME_US, { operation: 'delete' })],
  ['a like', postEvent(1, TIME_US, { collection: 'app.bsky.feed.like' })],
])('%s is no tweet and moves the cursor', (_, message) => {
  expect(read(message)).toEqual({ kind: 'other', timeUs: TIME_US });
});

test.each<[string, string, string]>([
  ['half a message', postEvent(1, TIME_US).slice(0, 40), 'not JSON'],
  ['no object', '[]', 'the message: '],
  ['no time', '{"did":"did:plc:a","kind":"commit"}', 'time_us: '],
  ['a commit without one', JSON.stringify({ did: 'd', time_us: TIME_US, kind: 'commit' }), 'commit: missing'],
  ['no text', postEvent(1, TIME_US, { record: { text: undefined } }), 'commit.record.text: '],
  ['a text too long', postEvent(1, TIME_US, { record: { text: 'x'.repeat(4_001) } }), 'text is too long'],
  ['an author too long', postEvent(1, TIME_US, { did: `did:web:${'x'.repeat(200)}` }), 'id: '],
])('%s goes to quarantine with a reason', (_, message, reason) => {
  const event = read(message);
  if (event.kind !== 'rejected') throw new Error(`got ${event.kind}`);
  expect(event.rejected.reason).toMatch(/^jetstream: tweet: /);
  expect(event.rejected.reason).toContain(reason);
  expect(event.rejected.raw).toBe(message);
});

test('a message too long goes to quarantine cut, and bytes that are not UTF-8 in base64', () => {
  const long = readJetstreamEvent(Buffer.alloc(SOURCE_MESSAGE_MAX_BYTES + 1, 'x'));
  expect(long).toMatchObject({ kind: 'rejected', rejected: { code: 'E_TWEET_TOO_LARGE', raw: 'x'.repeat(32_768) } });
  const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
  expect(readJetstreamEvent(bytes)).toMatchObject({
    kind: 'rejected',
    rejected: { raw: bytes.toString('base64'), encoding: 'base64' },
  });
});

test('any text that a post may have comes through as it is', () => {
  for (const text of ['', '\u0000', '\u{1f389}', '‮right to left', 'a\ud800b', '\ufffe']) {
    expect(post({ text } satisfies PostOptions['record'])).toMatchObject({ kind: 'post', tweet: { text } });
  }
});
