import { expect, test } from 'vitest';
import { tweetSentences } from '../../../shared/model/tweet-sentences.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';

test('cuts a text into words when they are asked for, and keeps its tokens until they are taken', async () => {
  const texts = ['Ada flew', '', 'Ada flew. '.repeat(2_000)];
  const sentences = tweetSentences(texts);
  expect([sentences.count, sentences.lengthOf(0), sentences.lengthOf(1)]).toEqual([3, 8, 0]);
  expect(sentences.takeTokens(0)).toEqual([]);
  for (const [i, text] of texts.entries()) {
    const tokens = tokenizeTweet(text);
    expect(await sentences.wordsOf(i)).toEqual(tokens.map((token) => token.text));
    expect(sentences.takeTokens(i)).toEqual(tokens);
    expect(sentences.takeTokens(i)).toEqual([]);
  }
});
