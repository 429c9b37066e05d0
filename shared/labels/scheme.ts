/** A tag of the BIO scheme (also called IOB2): `O`, `B-type` or `I-type`. */
export type BioTag =
  { readonly prefix: 'O'; readonly type: null } | { readonly prefix: 'B' | 'I'; readonly type: string };

const OUTSIDE: BioTag = Object.freeze({ prefix: 'O', type: null });

/**
 * The parts of a BIO tag; undefined for anything else. The type is all that follows the first `-`, so `B-geo-loc` has
 * the type `geo-loc`.
 */
export function parseTag(tag: string): BioTag | undefined {
  if (tag === 'O') return OUTSIDE;
  const prefix = tag[0];
  if ((prefix !== 'B' && prefix !== 'I') || tag[1] !== '-' || tag.length < 3) return undefined;
  return { prefix, type: tag.slice(2) };
}

/** Whether `tag` is `O`, or `B-` or `I-` followed by a type. */
export function isBioTag(tag: string): boolean {
  return parseTag(tag) !== undefined;
}

/** What is wrong with a tag that is not of the BIO scheme, as the middle of an error message; undefined for a good tag. */
export function whyNotBio(tag: string): string | undefined {
  if (isBioTag(tag)) return undefined;
  const expected = 'expected O, B-TYPE or I-TYPE';
  if (tag === '') return `the tag is empty; ${expected}`;
  if (/^[BI]-?$/.test(tag)) return `tag '${tag}' has no entity type; ${expected}`;
  if (/^[ESLUM]-./.test(tag)) return `tag '${tag}' is of the BIOES or BILOU scheme; ${expected}`;
  if (/^(o|[bi]-.+)$/.test(tag)) return `tag '${tag}' begins with a lower-case letter; ${expected}`;
  if (tag === '0') return `tag '0' is the digit zero, perhaps meant as the letter O; ${expected}`;
  return `tag '${tag}' is not of the BIO scheme; ${expected}`;
}
