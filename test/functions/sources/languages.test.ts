import { expect, test } from 'vitest';
import { withLanguages } from '../../../functions/sources/languages.ts';
import type { Delivery, Source } from '../../../functions/sources/source.ts';
import { collect } from '../../support/collect.ts';

test('keeps tweets of the languages and their variants, with cursor and rejected input as they are', async () => {
  const tweets = ['en', 'en-GB', 'EN', 'de', undefined].map((lang, i) => ({ id: `${i}`, text: 'x', lang }));
  const delivery: Delivery = { tweets, rejected: [{ code: 'E_TWEET_MALFORMED', reason: 'r', raw: 'x' }], cursor: '7' };
  const source: Source = {
    name: 'test',
    deliveries: async function* () {
      yield delivery;
    },
  };
  const start = { cursor: undefined, onChange: () => undefined };
  const [kept] = await collect(withLanguages(source, ['en']).deliveries(start, new AbortController().signal));
  expect(kept!.tweets.map(({ id }) => id)).toEqual(['0', '1', '2']);
  expect(kept).toMatchObject({ cursor: '7', rejected: delivery.rejected });
});
