import { normalForm } from '../trends/normal-form.ts';

const PLAIN = /^[a-z0-9 ]*$/;

/**
 * The form under which a gazetteer's names are looked up: lower case, without accents of Latin letters, apostrophes and full
 * stops, hyphens as blanks. `São Paulo` is `sao paulo`, `St. Louis` is `st louis`. Applied to its own result it changes
 * nothing.
 */
export function nameKey(name: string): string {
  const lower = name.toLowerCase();
  if (PLAIN.test(lower)) return lower.includes('  ') ? lower.replace(/ +/g, ' ').trim() : lower.trim();
  return lower
    .normalize('NFD')
    .replace(/(\p{Script=Latin})\p{Mn}+/gu, '$1')
    .normalize('NFC')
    .replace(/['\u2018\u2019`\u00b4.]/gu, '')
    .replace(/[\p{Pd}_/\\,\s]+/gu, ' ')
    .trim();
}

/** The same of a place as it stands in a text, which may be a hashtag, have a possessive or quotation marks around it. */
export function mentionKey(mention: string): string {
  return nameKey(normalForm(mention));
}
