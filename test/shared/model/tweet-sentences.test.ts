import { expect, test } from 'vitest';
import { tweetSentences } from '../../../shared/model/tweet-sentences.ts';
import { tokenizeTweet } from '../../../shared/text/tweet-tokenizer.ts';

test('cuts a text into words when they are asked for, and keeps its tokens until they are taken', () => {
  const texts = ['Ada flew', ''];
  const sentences = tweetSentences(texts);
  expect([sentences.count, sentences.lengthOf(0), sentences.lengthOf(1)]).toEqual([2, 8, 0]);
  expect(sentences.takeTokens(0)).toEqual([]);
  expect([sentences.wordsOf(0), sentences.wordsOf(1)]).toEqual([['Ada', 'flew'], []]);
  expect(sentences.takeTokens(0)).toEqual(tokenizeTweet('Ada flew'));
  expect(sentences.takeTokens(0)).toEqual([]);
});
