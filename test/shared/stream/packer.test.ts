import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MESSAGE_MAX_BYTES, TWEET_MAX_CODE_POINTS } from '../../../shared/contracts/limits.ts';
import { packSchema } from '../../../shared/contracts/message.ts';
import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { assertMessageBody } from '../../../shared/queue/message-body.ts';
import { packTweets } from '../../../shared/stream/packer.ts';

const receivedAt = new Date('2026-03-04T05:06:07.089Z');

const unit = fc.oneof(
  fc.integer({ min: 0, max: 0xffff }),
  fc.constantFrom(0, 0x1f, 0x22, 0x5c, 0x7f, 0xd800, 0xdfff, 0xfffe, 0xffff, 0x41, 0xe9),
);
const anyText = fc.array(unit, { maxLength: 80 }).map((units) => String.fromCharCode(...units));
const anyTweets = fc.array(fc.record({ id: fc.string({ minLength: 1, maxLength: 9 }), text: anyText }), {
  maxLength: 30,
});

const tweetsOf = (body: string): readonly Tweet[] => packSchema.parse(JSON.parse(body)).tweets;

test('every tweet is in one message or refused, in order, and every message is one that the queue takes', () => {
  fc.assert(
    fc.property(anyTweets, fc.integer({ min: 60, max: 900 }), (tweets, maxBytes) => {
      const { messages, tooLarge } = packTweets(tweets, { receivedAt, maxBytes });
      for (const { body, tweetCount } of messages) {
        assertMessageBody(body);
        expect(Buffer.byteLength(body)).toBeLessThanOrEqual(maxBytes);
        expect(tweetsOf(body)).toHaveLength(tweetCount);
      }
      const refused = new Set(tooLarge.map(({ tweet }) => tweet));
      expect(messages.flatMap(({ body }) => tweetsOf(body))).toEqual(tweets.filter((tweet) => !refused.has(tweet)));
    }),
  );
});

test('no message has room for the first tweet of the next one', () => {
  fc.assert(
    fc.property(anyTweets, (tweets) => {
      const maxBytes = 500;
      const { messages } = packTweets(tweets, { receivedAt, maxBytes });
      for (let i = 0; i + 1 < messages.length; i++) {
        const both = [...tweetsOf(messages[i]!.body), tweetsOf(messages[i + 1]!.body)[0]!];
        expect(packTweets(both, { receivedAt, maxBytes }).messages.length).toBeGreaterThan(1);
      }
    }),
  );
});

test('the same tweets at the same time give the same bytes', () => {
  const tweets = [{ id: '1', text: 'a \ufffe \ud800 "b"' }];
  const { messages } = packTweets(tweets, { receivedAt });
  expect(messages.map(({ body }) => body)).toEqual([
    '{"v":1,"receivedAt":"2026-03-04T05:06:07.089Z","tweets":[{"id":"1","text":"a \\ufffe \\ud800 \\"b\\""}]}',
  ]);
});

test('fills a message to the last byte', () => {
  const empty = packTweets([{ id: '1', text: '' }], { receivedAt }).messages[0]!.body.length;
  const filling = { id: '1', text: 'x'.repeat(MESSAGE_MAX_BYTES - empty) };
  expect(packTweets([filling], { receivedAt }).messages[0]!.body).toHaveLength(MESSAGE_MAX_BYTES);
});

test('fails for a tweet that no message can hold, and packs those around it', () => {
  const large = { id: '2', text: 'é'.repeat(MESSAGE_MAX_BYTES / 2) };
  const { messages, tooLarge } = packTweets([{ id: '1', text: 'a' }, large, { id: '3', text: 'c' }], { receivedAt });
  expect(messages.flatMap(({ body }) => tweetsOf(body)).map(({ id }) => id)).toEqual(['1', '3']);
  expect(tooLarge).toMatchObject([{ tweet: large, error: { code: 'E_TWEET_TOO_LARGE' } }]);
});

test('any tweet that the parser lets through fits into a message', () => {
  const worst = {
    id: '\u0001'.repeat(128),
    text: '\u0001'.repeat(TWEET_MAX_CODE_POINTS),
    author: '\u0001'.repeat(128),
  };
  expect(packTweets([worst], { receivedAt }).tooLarge).toEqual([]);
});
