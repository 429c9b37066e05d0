/** What is looked at of a surface; no name is longer. */
const MAX_LENGTH = 120;

/** Surfaces whose form is remembered: names come again and again. */
const CACHE_SIZE = 20_000;

/** A name is cut apart in rounds, since one rule may make room for another: `Obama's".` */
const MAX_ROUNDS = 5;

const cache = new Map<string, string>();

/**
 * The form under which a name is counted: `#NewYork`, `new york`, `NEW  YORK's` and `New York!` are all `new york`.
 * Letter case, accents of Latin letters, possessive endings, apostrophes, punctuation around the name and full stops of
 * initials go; hyphens and underscores become spaces; hashtags and handles are split at capitals. Empty when no letter
 * or digit is left. Applied to its own result it changes nothing.
 *
 * Only what is the same name beyond doubt is brought together here, for that cannot be undone; see variants.ts for
 * what can.
 */
export function normalForm(surface: string): string {
  const known = cache.get(surface);
  if (known !== undefined) return known;
  const form = computeForm(surface);
  if (cache.size >= CACHE_SIZE) cache.clear();
  cache.set(surface, form);
  return form;
}

function computeForm(surface: string): string {
  if (/^[a-z0-9]+(?: [a-z0-9]+)*$/i.test(surface) && surface.length <= MAX_LENGTH) return surface.toLowerCase();
  let form = splitTag(readable(surface.slice(0, MAX_LENGTH)));
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const next = simplify(form);
    if (next === form) return next;
    form = next;
  }
  return form;
}

/** Compatible characters by their plain ones (full-width letters, ligatures), without what cannot be seen. */
function readable(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFKC')
    .replace(/[\p{Cf}\p{Cn}\p{Co}\ufffd]/gu, '')
    .replace(/\p{Cc}/gu, ' ')
    .trim();
}

/** The words of a hashtag or a handle, told by capitals and digits: `#WorldCup2026` is `World Cup 2026`. */
function splitTag(text: string): string {
  if (!/^[#@]/u.test(text)) return text;
  return text
    .slice(1)
    .replace(/([\p{Ll}\p{N}])(?=\p{Lu})/gu, '$1 ')
    .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ')
    .replace(/(\p{L}{2})(?=\p{N})/gu, '$1 ');
}

function simplify(text: string): string {
  return (
    text
      .toLowerCase()
      .normalize('NFD')
      // Marks of Latin letters only: in other scripts they make another letter.
      .replace(/(\p{Script=Latin})[\u0300-\u036f]+/gu, '$1')
      .normalize('NFC')
      .replace(/(?:['\u2019]s|['\u2019])+(?=\P{L}*$)/u, '')
      .replace(/['\u2018\u2019`\u00b4]/gu, '')
      // Full stops of initials and abbreviations, not the one in `yahoo.com`.
      .replace(/(?<=(?:^|[\s.])\p{L})\.(?=\p{L}(?:[\s.]|$))/gu, '')
      .replace(/\.(?=\s|$)/gu, '')
      .replace(/[\p{Pd}_/\\\s]+/gu, ' ')
      // `Disney+` and `A$AP` are names with what they have; brackets, quotes, emoji and commas are not theirs.
      .replace(/^[^\p{L}\p{N}$]+|[^\p{L}\p{N}\p{M}+$]+$/gu, '')
      .replace(/^[$+\s]+$/u, '')
  );
}
