import type { Surface } from './trend-reader.ts';

/** A spelling without `#` is shown in place of a hashtag unless it is this much rarer. */
const PLAIN_SHARE = 0.1;

/** The spelling to show: the most frequent one, a plain one rather than a hashtag. The form where none is known. */
export function displayName(form: string, surfaces: readonly Surface[]): string {
  const ranked = [...surfaces].sort((a, b) => b.tweets - a.tweets || (a.text < b.text ? -1 : 1));
  const first = ranked[0];
  if (first === undefined) return form;
  const plain = ranked.find(({ text }) => !/^[#@]/u.test(text));
  return plain !== undefined && plain.tweets >= PLAIN_SHARE * first.tweets ? plain.text : first.text;
}
