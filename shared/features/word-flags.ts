import { hashtagBody, isHashtag, isMention, isUrl } from './clean-word.ts';

interface Letters {
  readonly letters: number;
  readonly upper: number;
  readonly lower: number;
  readonly digits: number;
  readonly characters: number;
}

function countLetters(word: string): Letters {
  let letters = 0;
  let upper = 0;
  let lower = 0;
  let digits = 0;
  let characters = 0;
  for (const character of word) {
    characters += 1;
    const code = character.codePointAt(0)!;
    const ascii = code < 0x80;
    if (ascii ? code >= 0x30 && code <= 0x39 : /\p{Nd}/u.test(character)) digits += 1;
    else if (ascii ? (code | 32) >= 0x61 && (code | 32) <= 0x7a : /\p{L}/u.test(character)) {
      letters += 1;
      if (ascii ? code < 0x61 : /\p{Lu}/u.test(character)) upper += 1;
      else if (ascii || /\p{Ll}/u.test(character)) lower += 1;
    }
  }
  return { letters, upper, lower, digits, characters };
}

function startsUpper(word: string): boolean {
  return /^\p{Lu}/u.test(word);
}

/**
 * What can be seen of a word by itself, as zeros and ones, in this order: all capitals, one capital, capitalised, all
 * lower case, capital inside, a digit, all digits, mention, hashtag, URL, punctuation only, a full stop inside, an
 * apostrophe, a hyphen, ends in punctuation, and four bands of length.
 */
export function wordFlags(clean: string): readonly number[] {
  const c = countLetters(clean);
  const body = hashtagBody(clean);
  const allUpper = c.letters > 0 && c.upper === c.letters;
  const symbolsOnly = c.letters === 0 && c.digits === 0;
  const flags = [
    allUpper && c.letters > 1,
    allUpper && c.letters === 1,
    startsUpper(body) && !allUpper,
    c.letters > 0 && c.lower === c.letters,
    /\p{Lu}/u.test(body.slice(1)) && !allUpper,
    c.digits > 0,
    c.characters > 0 && c.digits === c.characters,
    isMention(clean),
    isHashtag(clean),
    isUrl(clean),
    symbolsOnly,
    clean.slice(0, -1).includes('.'),
    clean.includes("'"),
    clean.includes('-'),
    /[.,!?:;)"]$/.test(clean) && !symbolsOnly,
    c.characters <= 2,
    c.characters >= 3 && c.characters <= 5,
    c.characters >= 6 && c.characters <= 9,
    c.characters >= 10,
  ];
  return flags.map(Number);
}

/** How many numbers `wordFlags` gives. */
export const WORD_FLAGS = wordFlags('a').length;

/**
 * What a whole tweet says about each of its words, since capitals mean little where everything is capitalised: share
 * of words that begin with a capital, share in capitals, none and nearly all of them so, length (40 words is 1), whether
 * there is a URL, whether it is a retweet.
 */
export function sentenceFlags(clean: readonly string[]): readonly number[] {
  const words = clean.filter((word) => /\p{L}/u.test(word) && !/^[@#]/.test(word) && !isUrl(word));
  const count = Math.max(1, words.length);
  const capitalised = words.filter(startsUpper).length / count;
  const shouted = words.filter((word) => word.length > 1 && word === word.toUpperCase() && word !== word.toLowerCase());
  const upper = shouted.length / count;
  return [
    capitalised,
    upper,
    Number(capitalised === 0),
    Number(upper > 0.6),
    Math.min(clean.length, 40) / 40,
    Number(clean.some(isUrl)),
    Number(clean[0] === 'RT'),
  ];
}

/** How many numbers `sentenceFlags` gives. */
export const SENTENCE_FLAGS = sentenceFlags(['a']).length;

/** First and last word of the sentence: how many numbers position adds. */
export const POSITION_FLAGS = 2;
