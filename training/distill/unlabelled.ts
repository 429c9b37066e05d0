import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { NerError } from '../../shared/ner-error.ts';
import { detectFormat, parseTweets } from '../../shared/stream/parse-tweets.ts';
import { tokenizeTweet } from '../../shared/text/tweet-tokenizer.ts';
import { readBytes } from '../../shared/corpus/text-file.ts';

/** Bytes of a file that its format is guessed from. */
const HEAD_BYTES = 4096;

/** What a file of tweets has given. */
export interface UnlabelledFile {
  readonly file: string;
  readonly sha256: string;
  /** Tweets that no file before had. */
  readonly tweets: number;
  /** Lines that are no tweets. */
  readonly rejected: number;
}

export interface Unlabelled {
  /** Words of each tweet, as the tagger will see them. */
  readonly sentences: readonly (readonly string[])[];
  readonly files: readonly UnlabelledFile[];
}

/**
 * Reads tweets without labels: NDJSON, a JSON array, or one text a line. Each sequence of words is taken once, and none
 * that is in `held`, so that nothing a student is measured on is among what it learns from.
 *
 * @param held sentences of dev and test
 * @throws {E_FILE_UNREADABLE} a file that cannot be read
 * @throws {E_TWEET_MALFORMED} a JSON array that is none
 * @throws {E_CORPUS_EMPTY} there is no tweet in any of them
 */
export function readUnlabelled(files: readonly string[], held: readonly (readonly string[])[] = []): Unlabelled {
  const seen = new Set(held.map(keyOf));
  const sentences: (readonly string[])[] = [];
  const read = files.map((file): UnlabelledFile => {
    const bytes = readBytes(file);
    const before = sentences.length;
    const format = detectFormat(bytes.subarray(0, HEAD_BYTES));
    const { tweets, rejected } = parseTweets(bytes, { name: basename(file), format });
    for (const { text } of tweets) {
      const words = tokenizeTweet(text).map((token) => token.text);
      const key = keyOf(words);
      if (words.length === 0 || seen.has(key)) continue;
      seen.add(key);
      sentences.push(words);
    }
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    return { file, sha256, tweets: sentences.length - before, rejected: rejected.length };
  });
  if (sentences.length > 0) return { sentences, files: read };
  throw new NerError(
    'E_CORPUS_EMPTY',
    `distill: there is no tweet to learn from, got ${files.join(', ')}; expected NDJSON or one text a line. Are they the right files?`,
  );
}

/** No word contains a line feed, so the words are told apart. */
function keyOf(words: readonly string[]): string {
  return words.join('\n');
}
