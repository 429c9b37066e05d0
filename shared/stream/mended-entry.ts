import { z } from 'zod';
import { NerError } from '../ner-error.ts';
import type { QuarantineEntry } from './quarantine.ts';

/** An entry as people mend it: what came in is an object under `tweet` where it was one, so that no quotes stand in the way. */
export interface EntryToMend extends Omit<QuarantineEntry, 'raw' | 'result'> {
  readonly tweet?: object;
  readonly raw?: string;
}

/** What somebody made of an entry: the tweet's JSON by the entry's key. */
export interface MendedEntry {
  readonly key: string;
  readonly raw: string;
}

const mendedSchema = z.union([
  z.object({ key: z.string(), tweet: z.record(z.string(), z.unknown()) }),
  z.object({ key: z.string(), raw: z.string() }),
]);

/** The entry in the form that `readMended` takes back. */
export function entryToMend(found: QuarantineEntry): EntryToMend {
  const { raw, ...entry } = Object.fromEntries(
    Object.entries(found).filter(([name]) => name !== 'result'),
  ) as unknown as Omit<QuarantineEntry, 'result'>;
  const tweet = entry.encoding === undefined ? objectOf(raw) : undefined;
  return tweet === undefined ? { ...entry, raw } : { ...entry, tweet };
}

/**
 * The entries of a file that was mended, one a line; other keys than `key`, `tweet` and `raw` are passed over.
 *
 * @throws E_TWEET_MALFORMED for a line that is none, naming it.
 */
export function readMended(text: string, name: string): readonly MendedEntry[] {
  const mended: MendedEntry[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = mendedSchema.safeParse(valueOf(line));
    if (!parsed.success) {
      throw new NerError(
        'E_TWEET_MALFORMED',
        `${name}:${i + 1}: quarantine: no mended entry; expected a line of 'quarantine show' with its key, and the tweet ` +
          'under "tweet" or its JSON under "raw".',
      );
    }
    const { key } = parsed.data;
    mended.push({ key, raw: 'tweet' in parsed.data ? JSON.stringify(parsed.data.tweet) : parsed.data.raw });
  }
  return mended;
}

function objectOf(raw: string): object | undefined {
  const value = valueOf(raw);
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}

function valueOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
