import { jaroWinkler } from '@skyra/jaro-winkler';
import { distance } from 'fastest-levenshtein';
import { digitsOf } from '../../shared/trends/variants.ts';

/** How two forms may be one name as their letters go, and how alike they are, 0..1 where letters tell. */
export interface NameRelation {
  readonly why: 'spacing' | 'spelling' | 'part' | 'initials';
  /** 1 for spacing, Jaro-Winkler for spelling; letters do not say it for the others. */
  readonly letters: number | undefined;
}

/** Words that differ must be this long: a letter makes `Iran` of `Iraq`. */
const MIN_WORD_LENGTH = 5;

/** From this length on two letters of a word may differ, before it one. */
const LONG_WORD_LENGTH = 10;

/** What two spellings of one word have at least, by Jaro-Winkler. */
const MIN_SIMILARITY = 0.85;

/**
 * How the letters of two forms relate; undefined where they are two names, as all are whose digits differ: `model 3` and
 * `model y` may have more in common than any misspelling.
 *
 * - spacing: the same letters, as in `walmart` and `wal mart`;
 * - spelling: as many words, each the same or nearly so, with the same first letter: `hilary clinton`, `hillary clinton`.
 *   A word by itself must not be the other with an ending: `african` is no misspelt `africa`;
 * - part: the first or last words of the other, as in `clinton`;
 * - initials: as in `ny` and `new york`.
 *
 * Parts and initials say little by themselves: see name-clusters.ts for what must vouch for them.
 */
export function relate(a: string, b: string): NameRelation | undefined {
  if (digitsOf(a) !== digitsOf(b)) return undefined;
  if (a.replaceAll(' ', '') === b.replaceAll(' ', '')) return { why: 'spacing', letters: 1 };
  const [few, many] = [a.split(' '), b.split(' ')].sort((x, y) => x.length - y.length) as [string[], string[]];
  if (few.length === many.length) {
    const letters = spelling(few, many);
    if (letters === undefined || (few.length === 1 && isInflected(a, b))) return undefined;
    return { why: 'spelling', letters };
  }
  if (isPart(few, many)) return { why: 'part', letters: undefined };
  const initials = many.map((word) => word[0]!).join('');
  return few.length === 1 && few[0] === initials ? { why: 'initials', letters: undefined } : undefined;
}

function spelling(words: readonly string[], others: readonly string[]): number | undefined {
  const alike = words.map((word, i) => spellingOfWord(word, others[i]!));
  return alike.some((similarity) => similarity === undefined) ? undefined : Math.min(...(alike as number[]));
}

function spellingOfWord(a: string, b: string): number | undefined {
  if (a === b) return 1;
  if (a[0] !== b[0] || Math.min(a.length, b.length) < MIN_WORD_LENGTH) return undefined;
  const allowed = Math.max(a.length, b.length) >= LONG_WORD_LENGTH ? 2 : 1;
  const similarity = jaroWinkler(a, b);
  return similarity >= MIN_SIMILARITY && distance(a, b) <= allowed ? similarity : undefined;
}

/** Whether one word is the other with an ending that makes another word of it, as `african`; `-s` makes none. */
function isInflected(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short !== long && long.startsWith(short) && long !== `${short}s`;
}

/** A single letter is no name, and `la la` no longer one than `la`. */
function isPart(few: readonly string[], many: readonly string[]): boolean {
  if (few.length === 1 && few[0]!.length < 2) return false;
  const [short, head, tail] = [few, many.slice(0, few.length), many.slice(-few.length)].map((words) => words.join(' '));
  return short === head || short === tail;
}
