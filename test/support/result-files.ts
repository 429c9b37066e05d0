import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TaggedTweet } from '../../shared/contracts/tweet.ts';

/** Writes result objects of an hour into the store of a state folder, one a pack. */
export function writeResults(stateDir: string, packs: Readonly<Record<string, readonly TaggedTweet[]>>): void {
  const folder = join(stateDir, 'store', 'tagged', 'dt=2026-11-20', 'hr=12');
  mkdirSync(folder, { recursive: true });
  for (const [pack, records] of Object.entries(packs)) {
    writeFileSync(join(folder, `${pack}.ndjson`), records.map((record) => `${JSON.stringify(record)}\n`).join(''));
  }
}
