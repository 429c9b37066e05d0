import { describe, expect, test } from 'vitest';
import { entryToMend, readMended } from '../../../shared/stream/mended-entry.ts';
import { expectFails } from '../../support/expect-fails.ts';

const entry = {
  key: 'k',
  at: '2026-03-04T05:06:07.000Z',
  source: 'http',
  code: 'E_TWEET_MALFORMED',
  reason: 'r',
} as const;

test('a tweet that is an object is shown as one, anything else as it came in', () => {
  expect(entryToMend({ ...entry, raw: '{"id":5}', result: 'tagged/x' })).toEqual({ ...entry, tweet: { id: 5 } });
  for (const raw of ['{"id"', '[1]', '5', '', 'null'])
    expect(entryToMend({ ...entry, raw })).toEqual({ ...entry, raw });
  const coded = { ...entry, raw: 'e30=', encoding: 'base64' } as const;
  expect(entryToMend(coded)).toEqual(coded);
});

test('what is shown is read back, mended or not', () => {
  const shown = [
    { ...entry, raw: '{"id":5,"text":"a"}' },
    { ...entry, key: 'l', raw: '{"id"' },
  ].map((each) => JSON.stringify(entryToMend(each)));
  expect(readMended(`${shown.join('\n')}\n\n`, 'bad.ndjson')).toEqual([
    { key: 'k', raw: '{"id":5,"text":"a"}' },
    { key: 'l', raw: '{"id"' },
  ]);
});

describe('fails', () => {
  test.each(['{"id":"1","text":"a"}', '{"key":"k"}', '{"key":"k","tweet":[1]}', 'nonsense'])(
    'for a line that is no entry (%s)',
    (line) => {
      expectFails(
        () => readMended(`{"key":"k","raw":""}\n${line}\n`, 'bad.ndjson'),
        'E_TWEET_MALFORMED',
        'bad.ndjson:2: ',
      );
    },
  );
});
