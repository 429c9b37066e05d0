import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { checkTweet } from '../../../shared/stream/parse-tweets.ts';
import type { SplitLine } from '../line-splitter.ts';
import { malformed, parseSourceJson, rejectedInput, SOURCE_MESSAGE_MAX_BYTES, tooLong } from '../rejected-input.ts';
import type { RejectedInput } from '../source.ts';
import { describeProblems, problemsIn } from './x-problem.ts';

/** What one line of the stream says. */
export type XMessage =
  | { readonly kind: 'tweet'; readonly tweet: Tweet }
  /** The server is about to end the connection; `tooMany`: because there is another one. */
  | { readonly kind: 'disconnect'; readonly reason: string; readonly tooMany: boolean }
  | { readonly kind: 'rejected'; readonly rejected: RejectedInput };

const textSchema = { text: z.string(), note_tweet: z.object({ text: z.string() }).optional() };
const lineSchema = z.object({
  data: z.object({
    id: z.string(),
    ...textSchema,
    author_id: z.string().optional(),
    created_at: z.string().optional(),
    lang: z.string().optional(),
    referenced_tweets: z.array(z.object({ type: z.string(), id: z.string() })).optional(),
  }),
  includes: z.object({ tweets: z.array(z.object({ id: z.string(), ...textSchema })).optional() }).optional(),
});
type Line = z.infer<typeof lineSchema>;

/** The fields and expansions that `readXLine` needs, as the API's query parameters. */
export const X_FIELDS = {
  'tweet.fields': 'author_id,created_at,lang,note_tweet,referenced_tweets',
  expansions: 'referenced_tweets.id',
} as const;

/**
 * Reads a line of `GET /2/tweets/search/stream` (X API v2). Undefined for the blank line that keeps the connection alive.
 *
 * - A long post has its whole text in `note_tweet`; `text` is then only its beginning.
 * - The text of a retweet is cut to 140 characters; the whole one is that of the tweet it refers to, and takes its place
 *   after `RT @name: `. The id, author and time are those of the retweet.
 * - `&`, `<` and `>` come as HTML entities and are put back, so that offsets are those of what people read.
 * - The author is `author_id`: names change.
 */
export function readXLine({ bytes, sizeBytes }: SplitLine): XMessage | undefined {
  try {
    if (sizeBytes > SOURCE_MESSAGE_MAX_BYTES) throw tooLong('line', sizeBytes, SOURCE_MESSAGE_MAX_BYTES);
    if (!isUtf8(bytes)) throw malformed('the line is not UTF-8; expected UTF-8');
    const text = Buffer.from(bytes).toString('utf8');
    if (text.trim() === '') return undefined;
    const value = parseSourceJson(text);
    const parsed = lineSchema.safeParse(value);
    if (parsed.success) return { kind: 'tweet', tweet: tweetOf(parsed.data) };
    return disconnectIn(value) ?? raise(malformed(firstIssue(value, parsed.error)));
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    return { kind: 'rejected', rejected: rejectedInput('x', bytes, error) };
  }
}

function tweetOf({ data, includes }: Line): Tweet {
  const { id, author_id, created_at, lang } = data;
  return checkTweet({
    id,
    text: unescape(fullText(data, includes?.tweets ?? [])),
    created_at,
    lang,
    author: author_id,
  });
}

type Included = NonNullable<NonNullable<Line['includes']>['tweets']>;

function fullText({ text, note_tweet, referenced_tweets = [] }: Line['data'], included: Included): string {
  const retweeted = referenced_tweets.find(({ type }) => type === 'retweeted');
  const original = included.find(({ id }) => id === retweeted?.id);
  if (original === undefined) return note_tweet?.text ?? text;
  const prefix = /^RT @\w+: /.exec(text)?.[0] ?? '';
  return prefix + (original.note_tweet?.text ?? original.text);
}

const ENTITIES: Readonly<Record<string, string>> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' };

function unescape(text: string): string {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]!);
}

/** Problem types after which the server ends the connection. */
const DISCONNECTS = /operational-disconnect|streaming-connection|ConnectionException/;

function disconnectIn(value: unknown): XMessage | undefined {
  const problems = problemsIn(value);
  const fatal = problems.filter(({ type = '', title = '' }) => DISCONNECTS.test(`${type} ${title}`));
  if (fatal.length === 0) return undefined;
  const tooMany = fatal.some(({ connection_issue }) => connection_issue === 'TooManyConnections');
  return { kind: 'disconnect', reason: describeProblems(fatal), tooMany };
}

function firstIssue(value: unknown, error: z.ZodError): string {
  const problems = problemsIn(value);
  if (problems.length > 0) return `the server sent an error, ${describeProblems(problems)}`;
  const issue = error.issues[0]!;
  return `${issue.path.length === 0 ? 'the line' : issue.path.join('.')}: ${issue.message}`;
}

function raise(error: NerError): never {
  throw error;
}
