import { jaroWinkler } from '@skyra/jaro-winkler';
import { distance } from 'fastest-levenshtein';
import type { Merge } from '../contracts/trends.ts';

/** A form of some type and in how many tweets it was. */
export interface FormCount {
  readonly type: string;
  readonly form: string;
  readonly tweets: number;
}

/** The vector of a word as the tagger's word vectors have it; undefined for a word they do not have. */
export type WordVector = (word: string) => ArrayLike<number> | undefined;

/** A misspelling is rarer than the name by this much; two names that are met alike often are two names. */
const RARER = 5;

/** What two spellings of one word have at least, by Jaro-Winkler. */
const MIN_SIMILARITY = 0.9;

/** Words that differ must be this long: a letter makes `Iran` of `Iraq`. */
const MIN_WORD_LENGTH = 5;

/** A name of one word has no other word to vouch for it, and must be longer still: `maria` is no `mario`. */
const MIN_SINGLE_LENGTH = 8;

/** One letter may differ; in words of this length two. */
const LONG_WORD_LENGTH = 10;

/** Cosine above which vectors vouch for a spelling that string similarity alone leaves open, and below which they veto. */
const SAME_MEANING = 0.6;
const OTHER_MEANING = 0.35;

/** How far a spelling may be off where the vectors vouch for it. */
const VOUCHED_SIMILARITY = 0.8;

/**
 * Which forms seem to be other ways to write a more frequent form of the same type:
 *
 * - spacing: the same letters and digits, as in `newyork` and `new york`;
 * - spelling: each word the same or nearly the same by Jaro-Winkler and edit distance, the same first letter, no digit
 *   changed, and five times rarer than the name it is taken for. A name of one word must be long, and differ before its
 *   end: `australian` is no misspelt `australia`;
 * - meaning: a little further apart, where the vectors of the words say that they are used alike, and about as long:
 *   names of countries are used alike, and `austria` is no `australia`. Vectors that know
 *   both words and say that they are used differently forbid a merge by spelling.
 *
 * Winkler 1990, https://files.eric.ed.gov/fulltext/ED325505.pdf. Only what counts is proposed: see merge-map.ts for how
 * it is followed and undone.
 */
export function findVariants(forms: readonly FormCount[], vectorOf?: WordVector): readonly Merge[] {
  const merges: Merge[] = [];
  for (const ofType of Map.groupBy(forms, ({ type }) => type).values()) {
    const ranked = [...ofType].sort((a, b) => b.tweets - a.tweets || (a.form < b.form ? -1 : 1));
    const taken = new Set<string>();
    for (const merge of [...spacingMerges(ranked), ...spellingMerges(ranked, vectorOf)]) {
      if (taken.has(merge.form)) continue;
      taken.add(merge.form);
      merges.push(merge);
    }
  }
  return merges;
}

function spacingMerges(ranked: readonly FormCount[]): readonly Merge[] {
  const merges: Merge[] = [];
  for (const same of Map.groupBy(ranked, ({ form }) => form.replaceAll(' ', '')).values()) {
    // The one with more words is how it is written out, unless hardly anybody does.
    const [first, ...others] = same;
    const spaced = same.find(({ form, tweets }) => form.includes(' ') && tweets * RARER >= first!.tweets) ?? first!;
    for (const { type, form } of [first!, ...others]) {
      if (form === spaced.form) continue;
      merges.push({ type, form, into: spaced.form, reason: 'spacing', score: 1, state: 'auto' });
    }
  }
  return merges;
}

function spellingMerges(ranked: readonly FormCount[], vectorOf: WordVector | undefined): readonly Merge[] {
  const merges: Merge[] = [];
  // Only forms that begin alike are compared: that is a condition, and saves nearly all comparisons.
  for (const alike of Map.groupBy(ranked, ({ form }) => form.slice(0, 2)).values()) {
    for (const [i, rare] of alike.entries()) {
      if (i === 0 || rare.form.length < MIN_WORD_LENGTH) continue;
      const found = bestMatch(rare, alike.slice(0, i), vectorOf);
      if (found !== undefined) merges.push({ type: rare.type, form: rare.form, ...found, state: 'auto' });
    }
  }
  return merges;
}

type Match = Pick<Merge, 'into' | 'reason' | 'score'>;

function bestMatch(rare: FormCount, frequent: readonly FormCount[], vectorOf?: WordVector): Match | undefined {
  let best: Match | undefined;
  for (const { form, tweets } of frequent) {
    // They come by count: from here on none is frequent enough.
    if (tweets < RARER * rare.tweets) break;
    if (Math.abs(form.length - rare.form.length) > 3) continue;
    const match = compareForms(rare.form, form, vectorOf);
    if (match !== undefined && match.score > (best?.score ?? 0)) best = { into: form, ...match };
  }
  return best;
}

function compareForms(a: string, b: string, vectorOf?: WordVector): Omit<Match, 'into'> | undefined {
  const [words, others] = [a.split(' '), b.split(' ')];
  if (words.length !== others.length || digitsOf(a) !== digitsOf(b)) return undefined;
  let score = 1;
  let reason: Match['reason'] = 'spelling';
  for (const [i, word] of words.entries()) {
    const other = others[i]!;
    if (word === other) continue;
    const match = compareWords(word, other, vectorOf);
    if (match === undefined) return undefined;
    if (words.length === 1 && !isPlain(match.reason, word, other)) return undefined;
    score = Math.min(score, match.score);
    if (match.reason === 'meaning') reason = 'meaning';
  }
  return { reason, score: Math.round(1000 * score) / 1000 };
}

function compareWords(a: string, b: string, vectorOf?: WordVector): Omit<Match, 'into'> | undefined {
  if (Math.min(a.length, b.length) < MIN_WORD_LENGTH || a[0] !== b[0]) return undefined;
  const score = jaroWinkler(a, b);
  const edits = distance(a, b);
  const cosine = vectorOf === undefined ? undefined : cosineOf(vectorOf(a), vectorOf(b));
  if (cosine !== undefined && cosine < OTHER_MEANING) return undefined;
  const allowed = Math.max(a.length, b.length) >= LONG_WORD_LENGTH ? 2 : 1;
  if (score >= MIN_SIMILARITY && edits <= allowed) return { reason: 'spelling', score };
  const isVouched = cosine !== undefined && cosine >= SAME_MEANING && Math.abs(a.length - b.length) <= 1;
  if (isVouched && score >= VOUCHED_SIMILARITY && edits <= allowed + 1) return { reason: 'meaning', score };
  return undefined;
}

/** Whether two words differ before their ends, where endings would, and are long, if no vector vouches for them. */
function isPlain(reason: Match['reason'], a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  let same = 0;
  while (same < shorter && a[same] === b[same]) same += 1;
  return same < shorter - 1 && (reason === 'meaning' || shorter >= MIN_SINGLE_LENGTH);
}

/** The digits of a form, a space between runs of them. Names of different digits are different names. */
export function digitsOf(form: string): string {
  return form.replace(/\P{N}+/gu, ' ').trim();
}

/** Cosine of two vectors; undefined unless both are there. */
function cosineOf(a: ArrayLike<number> | undefined, b: ArrayLike<number> | undefined): number | undefined {
  if (a === undefined || b === undefined) return undefined;
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    dot += a[i]! * b[i]!;
    aa += a[i]! ** 2;
    bb += b[i]! ** 2;
  }
  return aa === 0 || bb === 0 ? undefined : dot / Math.sqrt(aa * bb);
}
