import type { TaggedTweet } from '../contracts/tweet.ts';

/**
 * The record as every reader gives it, whichever form it was read from: well-formed text, in which a lone surrogate is
 * U+FFFD (one unit and one code point like the surrogate, so that offsets stay right), and times in UTC to the
 * millisecond.
 */
export function canonicalRecord(record: TaggedTweet): TaggedTweet {
  const { createdAt, lang, author, text } = record;
  return {
    id: record.id,
    entities: record.entities.map((entity) => ({ ...entity, text: entity.text.toWellFormed() })),
    model: record.model,
    taggedAt: new Date(record.taggedAt).toISOString(),
    ...given('createdAt', createdAt === undefined ? undefined : new Date(createdAt).toISOString()),
    ...given('lang', lang?.toWellFormed()),
    ...given('author', author?.toWellFormed()),
    ...given('text', text?.toWellFormed()),
  };
}

/** `{ [key]: value }`, or nothing when there is no value. */
export function given<K extends string>(key: K, value: string | null | undefined): { readonly [P in K]?: string } {
  return (value === undefined || value === null ? {} : { [key]: value }) as { readonly [P in K]?: string };
}
