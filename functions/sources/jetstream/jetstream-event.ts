import { isUtf8 } from 'node:buffer';
import { z } from 'zod';
import type { Tweet } from '../../../shared/contracts/tweet.ts';
import { NerError } from '../../../shared/ner-error.ts';
import { checkTweet } from '../../../shared/stream/parse-tweets.ts';
import { malformed, parseSourceJson, rejectedInput, SOURCE_MESSAGE_MAX_BYTES, tooLong } from '../rejected-input.ts';
import type { RejectedInput } from '../source.ts';

/** The posts of Bluesky. */
export const POST_COLLECTION = 'app.bsky.feed.post';

/** What one message says. `timeUs` is the server's time for it, where it has one. */
export type JetstreamEvent =
  | { readonly kind: 'post'; readonly timeUs: number; readonly tweet: Tweet }
  | { readonly kind: 'other'; readonly timeUs: number }
  | { readonly kind: 'rejected'; readonly timeUs: number | undefined; readonly rejected: RejectedInput };

const envelopeSchema = z.object({
  did: z.string(),
  time_us: z.int().positive(),
  kind: z.string(),
  commit: z
    .object({ operation: z.string(), collection: z.string(), rkey: z.string(), record: z.unknown().optional() })
    .optional(),
});

/** Clients write records: what is not the text may be anything. */
const recordSchema = z.object({
  text: z.string(),
  createdAt: z.unknown().optional(),
  langs: z.unknown().optional(),
});

const isoSchema = z.iso.datetime({ offset: true });
const LANG_MAX_CHARS = 35;

/**
 * Reads a message of `/subscribe`, the JSON of Jetstream v1 (bluesky-social/jetstream, docs/README.md 5.1, "Legacy v1 JSON
 * Payload"). A post that is created is a tweet: `at://did/collection/rkey` is its id, the same from whatever server and
 * however often it comes; the did its author; the first of `langs` its language.
 *
 * `createdAt` is whatever the client wrote. Like Bluesky's own index (`sortAt`) a time after the server saw the post, or
 * none at all, is replaced by the time at which the server saw it.
 *
 * Everything else is no tweet: identity and account events, other collections, and updates and deletes. An update has the
 * id of what was tagged already, and Bluesky's own clients make none; deletes are not followed.
 */
export function readJetstreamEvent(message: Uint8Array): JetstreamEvent {
  let timeUs: number | undefined;
  try {
    if (message.length > SOURCE_MESSAGE_MAX_BYTES) throw tooLong('message', message.length, SOURCE_MESSAGE_MAX_BYTES);
    if (!isUtf8(message)) throw malformed('the message is not UTF-8; expected UTF-8');
    const envelope = envelopeSchema.safeParse(parseSourceJson(Buffer.from(message).toString('utf8')));
    if (!envelope.success) throw malformed(firstIssue(envelope.error));
    const { did, kind, commit, time_us } = envelope.data;
    timeUs = time_us;
    if (kind !== 'commit') return { kind: 'other', timeUs };
    if (commit === undefined) throw malformed('commit: missing from a commit event');
    const { operation, collection, rkey } = commit;
    if (collection !== POST_COLLECTION || operation !== 'create') return { kind: 'other', timeUs };
    const record = recordSchema.safeParse(commit.record);
    if (!record.success) throw malformed(`commit.record.${firstIssue(record.error)}`);
    const tweet = checkTweet({
      id: `at://${did}/${collection}/${rkey}`,
      text: record.data.text,
      created_at: createdAt(record.data.createdAt, timeUs),
      lang: firstLanguage(record.data.langs),
      author: did,
    });
    return { kind: 'post', timeUs, tweet };
  } catch (error) {
    if (!(error instanceof NerError)) throw error;
    return { kind: 'rejected', timeUs, rejected: rejectedInput('jetstream', message, error) };
  }
}

function createdAt(claimed: unknown, timeUs: number): string {
  const seenMs = timeUs / 1_000;
  const parsed = isoSchema.safeParse(claimed);
  const claimedMs = parsed.success ? Date.parse(parsed.data) : NaN;
  const ms = claimedMs <= seenMs ? claimedMs : seenMs;
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999) throw malformed(`time_us: no time, got ${timeUs}`);
  return date.toISOString();
}

function firstLanguage(langs: unknown): string | undefined {
  const first: unknown = Array.isArray(langs) ? langs[0] : undefined;
  return typeof first === 'string' && first !== '' && first.length <= LANG_MAX_CHARS ? first : undefined;
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]!;
  return `${issue.path.length === 0 ? 'the message' : issue.path.join('.')}: ${issue.message}`;
}
