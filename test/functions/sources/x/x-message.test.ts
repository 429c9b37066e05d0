import { describe, expect, test } from 'vitest';
import { readXLine } from '../../../../functions/sources/x/x-message.ts';
import { SOURCE_MESSAGE_MAX_BYTES } from '../../../../functions/sources/rejected-input.ts';
import { tweetLine } from '../../../support/x-server.ts';

const read = (line: string | Buffer) => {
  const bytes = Buffer.from(line);
  return readXLine({ bytes, sizeBytes: bytes.length });
};
const textOf = (value: unknown): string | undefined => {
  const message = read(JSON.stringify(value));
  return message?.kind === 'tweet' ? message.tweet.text : undefined;
};

test('a tweet keeps its id, text, time, language and the id of its author', () => {
  expect(read(tweetLine('1', 'Off to Lisbon'))).toEqual({
    kind: 'tweet',
    tweet: {
      id: '1',
      text: 'Off to Lisbon',
      created_at: '2026-11-27T10:00:00.000Z',
      lang: 'en',
      author: '2244994945',
    },
  });
});

test.each(['', '\r', '  '])('%j is a keep-alive', (line) => {
  expect(read(line)).toBeUndefined();
});

describe('the whole text', () => {
  test('of a long post is its note', () => {
    expect(textOf({ data: { id: '1', text: 'the beginning …', note_tweet: { text: 'the whole of it' } } })).toBe(
      'the whole of it',
    );
  });

  const retweet = { id: '2', text: 'RT @who: the begin…', referenced_tweets: [{ type: 'retweeted', id: '1' }] };
  test.each([
    ['its original', { id: '1', text: 'the beginning and the end' }, 'RT @who: the beginning and the end'],
    ['the note of its original', { id: '1', text: 'cut', note_tweet: { text: 'all of it' } }, 'RT @who: all of it'],
    ['itself where the original is not there', { id: '9', text: 'another' }, 'RT @who: the begin…'],
  ])('of a retweet is that of %s', (_, original, expected) => {
    expect(textOf({ data: retweet, includes: { tweets: [original] } })).toBe(expected);
  });

  test('of a quote is its own', () => {
    const quote = { id: '2', text: 'mine', referenced_tweets: [{ type: 'quoted', id: '1' }] };
    expect(textOf({ data: quote, includes: { tweets: [{ id: '1', text: 'theirs' }] } })).toBe('mine');
  });

  test('has its entities put back, once', () => {
    expect(textOf({ data: { id: '1', text: 'Marks &amp; Spencer &lt;3 &gt; &amp;lt; &quot;' } })).toBe(
      'Marks & Spencer <3 > &lt; &quot;',
    );
  });
});

test('a tweet with an error about something it refers to is a tweet', () => {
  const errors = [{ title: 'Not Found Error', type: 'https://api.twitter.com/2/problems/resource-not-found' }];
  expect(textOf({ data: { id: '1', text: 'a' }, errors })).toBe('a');
});

// The two messages that docs.x.com shows under "Common disconnection errors".
test.each([
  [
    {
      errors: [
        {
          title: 'operational-disconnect',
          disconnect_type: 'UpstreamOperationalDisconnect',
          detail: 'This stream has been disconnected upstream for operational reasons.',
          type: 'https://api.twitter.com/2/problems/operational-disconnect',
        },
      ],
    },
    'operational-disconnect (UpstreamOperationalDisconnect): This stream has been disconnected upstream for operational reasons.',
    false,
  ],
  [
    {
      title: 'ConnectionException',
      detail: 'This stream is currently at the maximum allowed connection limit.',
      connection_issue: 'TooManyConnections',
      type: 'https://api.twitter.com/2/problems/streaming-connection',
    },
    'ConnectionException (TooManyConnections): This stream is currently at the maximum allowed connection limit.',
    true,
  ],
])('a message of disconnection is told as one', (value, reason, tooMany) => {
  expect(read(JSON.stringify(value))).toEqual({ kind: 'disconnect', reason, tooMany });
});

test.each([
  ['half a line', tweetLine('1', 'a').slice(0, 20), 'not JSON'],
  ['an error without a tweet', '{"errors":[{"title":"Odd","detail":"why"}]}', 'the server sent an error, Odd: why'],
  ['something else', '{"user":{}}', 'data: '],
  ['a number', '5', 'the line: '],
  ['no text', '{"data":{"id":"1"}}', 'data.text: '],
  ['a text too long', JSON.stringify({ data: { id: '1', text: 'x'.repeat(4_001) } }), 'text is too long'],
  ['a time that is none', '{"data":{"id":"1","text":"a","created_at":"noon"}}', 'created_at: '],
])('%s goes to quarantine with a reason', (_, line, reason) => {
  const message = read(line);
  if (message?.kind !== 'rejected') throw new Error(`got ${message?.kind}`);
  expect(message.rejected.reason).toMatch(/^x: tweet: /);
  expect(message.rejected).toMatchObject({ raw: line });
  expect(message.rejected.reason).toContain(reason);
});

test('a line too long and one that is not UTF-8 go to quarantine', () => {
  const cut = readXLine({ bytes: Buffer.alloc(SOURCE_MESSAGE_MAX_BYTES, 'x'), sizeBytes: 5_000_000 });
  expect(cut).toMatchObject({ kind: 'rejected', rejected: { code: 'E_TWEET_TOO_LARGE' } });
  expect(read(Buffer.from([0x7b, 0xff]))).toMatchObject({ kind: 'rejected', rejected: { encoding: 'base64' } });
});
