import { createHash } from 'node:crypto';
import { z } from 'zod';
import { packSchema } from '../../shared/contracts/message.ts';
import type { Tweet } from '../../shared/contracts/tweet.ts';
import { NerError } from '../../shared/ner-error.ts';
import { jsonText } from '../../shared/stream/json-text.ts';
import { checkTweet } from '../../shared/stream/parse-tweets.ts';
import type { QuarantineItem } from '../../shared/stream/quarantine.ts';

/** A message taken apart. */
export interface OpenedPack {
  /** Hash of the body: the same at every delivery, redrive and repeated send, on any queue. Owns ids in the ledger. */
  readonly packId: string;
  /** Where its records go; undefined when the body is no pack. */
  readonly resultKey?: string;
  /** The day its quarantine goes to; undefined when the body is no pack. */
  readonly receivedAt?: Date;
  /** Distinct ids. */
  readonly tweets: readonly Tweet[];
  /** Tweets left out because their id came before in the same pack. */
  readonly repeats: number;
  readonly bad: readonly QuarantineItem[];
}

const envelopeSchema = packSchema.extend({ tweets: z.array(z.unknown()).min(1) });

/** Reads a message body as a pack. What cannot be read is in `bad`, with its reason; nothing is thrown. */
export function openPack(body: string): OpenedPack {
  const packId = createHash('sha256').update(body).digest('hex').slice(0, 32);
  const envelope = readEnvelope(body);
  if (typeof envelope === 'string') {
    const item = { source: 'queue', code: 'E_QUEUE_MESSAGE', reason: envelope, raw: body } as const;
    return { packId, tweets: [], repeats: 0, bad: [item] };
  }
  const tweets = new Map<string, Tweet>();
  const bad: QuarantineItem[] = [];
  for (const [i, value] of envelope.tweets.entries()) {
    try {
      const tweet = checkTweet(value);
      if (!tweets.has(tweet.id)) tweets.set(tweet.id, tweet);
    } catch (error) {
      if (!(error instanceof NerError)) throw error;
      const reason = `${packId}:${i + 1}: ${error.message}`;
      bad.push({ source: `queue/${packId}`, line: i + 1, code: error.code, reason, raw: jsonText(value) });
    }
  }
  return {
    packId,
    resultKey: resultKey(envelope.receivedAt, packId),
    receivedAt: new Date(envelope.receivedAt),
    tweets: [...tweets.values()],
    repeats: envelope.tweets.length - bad.length - tweets.size,
    bad,
  };
}

/** `tagged/dt=YYYY-MM-DD/hr=HH/<pack id>.ndjson`, by the UTC time the tweets came in. */
export function resultKey(receivedAt: string, packId: string): string {
  return `tagged/dt=${receivedAt.slice(0, 10)}/hr=${receivedAt.slice(11, 13)}/${packId}.ndjson`;
}

function readEnvelope(body: string): z.infer<typeof envelopeSchema> | string {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    return `message: not JSON (${error instanceof Error ? error.message.slice(0, 200) : ''}); expected a pack.`;
  }
  const parsed = envelopeSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  return `message: ${issue.path.length === 0 ? 'not a pack' : issue.path.join('.')}: ${issue.message}.`;
}
