import { join } from 'node:path';
import type { JobEvent } from '../training/job/training-job.ts';

/** Lines of each kind that are printed; all are in prepared.json. */
const SHOWN = 20;

/** What a recipe made of its files, for people. */
export function preparedLines({
  recipe,
  differences,
  notices,
  dir,
}: Extract<JobEvent, { readonly type: 'prepared' }>): readonly string[] {
  const more = notices.length - SHOWN;
  return [
    `recipe   ${recipe}; its splits are in ${dir}`,
    ...differences.map((difference) => `warning  ${difference}`),
    ...notices.slice(0, SHOWN).map((notice) => `changed  ${notice}`),
    ...(more > 0 ? [`changed  and ${more} more, all in ${join(dir, 'prepared.json')}`] : []),
  ];
}
