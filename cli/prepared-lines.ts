import { join } from 'node:path';
import type { FoundVectors } from '../training/job/recipe-vectors.ts';
import type { JobEvent } from '../training/job/training-job.ts';

/** Lines of each kind that are printed; all are in prepared.json. */
const SHOWN = 20;

/** What a recipe made of its files, for people. */
export function preparedLines({
  recipe,
  differences,
  notices,
  vectors,
  dir,
}: Extract<JobEvent, { readonly type: 'prepared' }>): readonly string[] {
  const more = notices.length - SHOWN;
  return [
    `recipe   ${recipe}; what it made of the files is in ${dir}`,
    ...differences.map((difference) => `warning  ${difference}`),
    ...notices.slice(0, SHOWN).map((notice) => `changed  ${notice}`),
    ...(more > 0 ? [`changed  and ${more} more, all in ${join(dir, 'prepared.json')}`] : []),
    ...(vectors === undefined ? [] : [vectorLine(vectors)]),
  ];
}

function vectorLine({ name, isInstalled, why }: FoundVectors): string {
  return isInstalled
    ? `vectors  ${name}, as the recipe has them (${why}); --vectors none leaves them out`
    : `warning  the recipe's word vectors are not installed (${why}): npm install --no-save ${name}`;
}
