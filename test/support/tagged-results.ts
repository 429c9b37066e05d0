import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { taggedTweetSchema, type TaggedTweet } from '../../shared/contracts/tweet.ts';

/** All records that a host stored under its state folder, as they are on disk. */
export function taggedResults(stateDir: string): readonly TaggedTweet[] {
  const root = join(stateDir, 'store', 'tagged');
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ndjson'))
    .flatMap((path) => readFileSync(join(root, path), 'utf8').trimEnd().split('\n'))
    .map((line) => taggedTweetSchema.parse(JSON.parse(line)));
}
