import type { Aggregation } from '../shared/contracts/aggregation.ts';
import { LINE_MAX_BYTES } from '../shared/contracts/limits.ts';
import type { TaggedTweet } from '../shared/contracts/tweet.ts';
import type { Predictor } from '../shared/model/predictor.ts';
import { NerError } from '../shared/ner-error.ts';
import { detectFormat, parseTweets, type TweetFormat } from '../shared/stream/parse-tweets.ts';
import { lineChunks } from '../shared/stream/line-chunks.ts';
import type { TaggedPart } from './tagged-part.ts';

export interface TagTweetsOptions {
  /** Of the input, for ids and reasons. */
  readonly name: string;
  readonly predictor: Predictor;
  readonly aggregation?: Aggregation | undefined;
  readonly clock: () => Date;
}

/** Enough to fill batches of the model, and few enough to see results soon. */
const MAX_LINES = 512;

/**
 * Tags a stream of tweets, NDJSON or one plain text a line, whichever the first lines look like. Lines that are no
 * tweet are named and the rest goes on. The text is NDJSON of TaggedTweet.
 *
 * @throws {E_TWEET_MALFORMED} when the input is one JSON array: a stream has no end to wait for
 */
export async function* tagTweets(
  input: AsyncIterable<Uint8Array>,
  { name, predictor, aggregation, clock }: TagTweetsOptions,
): AsyncGenerator<TaggedPart> {
  let format: TweetFormat | undefined;
  for await (const { bytes, firstLine } of lineChunks(input, { maxLines: MAX_LINES, maxLineBytes: LINE_MAX_BYTES })) {
    format ??= guessFormat(name, bytes);
    // Blank lines say nothing about what follows.
    if (format === undefined) continue;
    const { tweets, rejected } = parseTweets(bytes, { name, format, firstLine });
    const found = await predictor.predict(
      tweets.map(({ text }) => text),
      { aggregation },
    );
    const taggedAt = clock().toISOString();
    let text = '';
    let entities = 0;
    for (const [i, { id }] of tweets.entries()) {
      const tagged: TaggedTweet = { id, entities: found[i]!, model: predictor.modelId, taggedAt };
      text += `${JSON.stringify(tagged)}\n`;
      entities += tagged.entities.length;
    }
    yield { text, count: tweets.length, entities, rejected };
  }
}

/** Undefined while there were only blank lines. */
export function guessFormat(name: string, bytes: Uint8Array): TweetFormat | undefined {
  if (Buffer.from(bytes).toString('utf8').trim() === '') return undefined;
  const format = detectFormat(bytes);
  if (format !== 'json') return format;
  throw new NerError(
    'E_TWEET_MALFORMED',
    `${name}:1: tweets: got a JSON array; expected one object a line. Convert it: jq -c '.[]' FILE.`,
  );
}
