import { tokenizeTweet, type Token } from '../text/tweet-tokenizer.ts';
import type { Sentences } from './batch-slices.ts';

/** Texts that are cut into words when their turn comes. */
export interface TweetSentences extends Sentences {
  /** The tokens whose texts `wordsOf` gave; they are kept until they are taken. */
  takeTokens(sentence: number): readonly Token[];
}

export function tweetSentences(texts: readonly string[]): TweetSentences {
  const tokens = new Map<number, readonly Token[]>();
  return {
    count: texts.length,
    lengthOf: (sentence) => texts[sentence]!.length,
    wordsOf: (sentence) => {
      const ofText = tokenizeTweet(texts[sentence]!);
      tokens.set(sentence, ofText);
      return ofText.map(({ text }) => text);
    },
    takeTokens: (sentence) => {
      const ofText = tokens.get(sentence) ?? [];
      tokens.delete(sentence);
      return ofText;
    },
  };
}
