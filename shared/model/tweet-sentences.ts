import { inTurns } from '../event-loop/steps.ts';
import { STEP_CHARACTERS, tokenizeTweet, tokenizeTweetSteps, type Token } from '../text/tweet-tokenizer.ts';
import type { Sentences } from './batch-slices.ts';

/** Texts that are cut into words when their turn comes. */
export interface TweetSentences extends Sentences {
  /** The tokens whose texts `wordsOf` gave; they are kept until they are taken. */
  takeTokens(sentence: number): readonly Token[];
}

export function tweetSentences(texts: readonly string[]): TweetSentences {
  const tokens = new Map<number, readonly Token[]>();
  const keep = (sentence: number, ofText: readonly Token[]): readonly string[] => {
    tokens.set(sentence, ofText);
    return ofText.map(({ text }) => text);
  };
  return {
    count: texts.length,
    lengthOf: (sentence) => texts[sentence]!.length,
    wordsOf: (sentence) => {
      const text = texts[sentence]!;
      if (text.length <= STEP_CHARACTERS) return keep(sentence, tokenizeTweet(text));
      return inTurns(tokenizeTweetSteps(text)).then((ofText) => keep(sentence, ofText));
    },
    takeTokens: (sentence) => {
      const ofText = tokens.get(sentence) ?? [];
      tokens.delete(sentence);
      return ofText;
    },
  };
}
