/** HTML entities that Twitter's text keeps escaped. */
const ENTITIES: readonly (readonly [RegExp, string])[] = [
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&quot;/g, '"'],
  [/&#39;/g, "'"],
  [/&amp;/g, '&'],
];

/** Stand-ins in the vocabulary for words whose letters say nothing. They are no words: `<` never survives in them. */
export const URL_WORD = '<url>';
export const MENTION_WORD = '<usr>';

/** UTF-16 units of a word that features are made of; no word that means something is longer. */
export const MAX_WORD_UNITS = 1_024;

/**
 * A word as people meant it: entities unescaped, zero-width spaces out, typographic quotes made plain. Of a word longer
 * than `MAX_WORD_UNITS` the first and the last half of so many: features of 100 kB would hold up the event loop.
 */
export function cleanWord(word: string): string {
  const half = MAX_WORD_UNITS / 2;
  let clean = word.length <= MAX_WORD_UNITS ? word : word.slice(0, half) + word.slice(-half);
  if (clean.includes('&')) for (const [pattern, plain] of ENTITIES) clean = clean.replace(pattern, plain);
  clean = clean
    .replace(/\u200b/g, '')
    .replace(/[\u2018\u2019]/g, "'")
    .replace(/[\u201c\u201d]/g, '"');
  // A word of nothing but what was taken out stays as it is: every word has features.
  return clean === '' ? word.slice(0, MAX_WORD_UNITS) : clean;
}

export function isUrl(clean: string): boolean {
  return clean.startsWith('http') || clean.startsWith('www.');
}

export function isMention(clean: string): boolean {
  return clean.length > 1 && clean.startsWith('@');
}

export function isHashtag(clean: string): boolean {
  return clean.length > 1 && clean.startsWith('#');
}

/** The key under which spellings of a word share what is learned: lower case, digits as 0, at most two of a letter. */
export function normalizeWord(clean: string): string {
  if (isUrl(clean)) return URL_WORD;
  if (isMention(clean)) return MENTION_WORD;
  return shortenRuns(clean.toLowerCase().replace(/[0-9]/g, '0'));
}

/** `soooo` and `sooooooo` are one word: runs of three or more of a character become two. */
export function shortenRuns(word: string): string {
  return word.replace(/(.)\1{2,}/gu, '$1$1');
}

/** A hashtag without its `#`, any other word as it is. */
export function hashtagBody(word: string): string {
  return isHashtag(word) ? word.slice(1) : word;
}
