import type { TaggedTweet, Tweet } from '../../shared/contracts/tweet.ts';
import { NerError } from '../../shared/ner-error.ts';
import type { QuarantineItem } from '../../shared/stream/quarantine.ts';
import type { TagOutcome } from './tag-isolated.ts';

/** What is stored of a tweet that was tagged. */
export function recordOf(
  tweet: Tweet,
  outcome: Extract<TagOutcome, { modelId: string }>,
  taggedAt: string,
): TaggedTweet {
  const { id, text, created_at: createdAt, lang, author } = tweet;
  return {
    id,
    entities: [...outcome.entities],
    model: outcome.modelId,
    taggedAt,
    ...(createdAt === undefined ? {} : { createdAt }),
    ...(lang === undefined ? {} : { lang }),
    ...(author === undefined ? {} : { author }),
    text,
  };
}

/** What is kept of a tweet that makes the tagger throw; `result` is the key of the object that it would be in. */
export function untaggable(tweet: Tweet, error: unknown, result: string): QuarantineItem {
  const code = error instanceof NerError ? error.code : 'E_INTERNAL';
  const reason = `tweet ${tweet.id}: ${reasonOf(error)}`;
  return { source: 'tagger', code, reason, raw: JSON.stringify(tweet), result };
}

/** An error in the words of `quarantine/` and of dead letters: its code, where it has one, and its message. */
export function reasonOf(error: unknown): string {
  if (error instanceof NerError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
