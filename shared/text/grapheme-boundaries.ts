/**
 * The characters that certainly are grapheme clusters of their own next to each other: letters without marks, common
 * punctuation and symbols, kana, Han, precomposed Hangul (Unicode Standard Annex 29; a test compares with
 * Intl.Segmenter one by one). CR LF is the exception, and both are white space.
 */
const beyondSimple =
  /[^\p{Cc} -~\u00a0-\u02ff\u0370-\u0482\u048a-\u052f\u1e00-\u1fff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u2bff\u3000-\u3029\u3030-\u3098\u309b-\u30ff\u3400-\u9fff\uac00-\ud7a3\uff01-\uff9d]+/gu;

/**
 * Runs that need no Intl.Segmenter either: pictures that begin a cluster (no skin tones, no flags), and marks that
 * go to the cluster before them.
 */
const picturesAndMarks = /^(?:[\u{1f300}-\u{1f3fa}\u{1f400}-\u{1faff}]|[\u0300-\u036f]|\ufe0f)+$/u;

/** Half pairs are clusters of their own, like controls. */
const loneSurrogates = /^\p{Cs}+$/u;

/**
 * Runs that are this close are segmented together: a call of Intl.Segmenter costs as much as some fifty characters do (20 us,
 * Node 24), and text of some scripts is one run after the other.
 */
const NEAR = 48;

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });

/**
 * Marks the UTF-16 units at which a text may not be cut because they lie within a grapheme cluster (an emoji with
 * joiners or skin tone, a flag, a letter with combining marks, a surrogate pair): `inside[i]` is 1 there.
 * Undefined when there is none, which is found without Intl.Segmenter for most texts, because that is slow.
 */
export function clusterInteriors(text: string): Uint8Array | undefined {
  let inside: Uint8Array | undefined;
  /** What has to be segmented and may yet grow. */
  let [from, to] = [-1, -1];
  for (const { index, 0: run } of text.matchAll(beyondSimple)) {
    if (loneSurrogates.test(run)) continue;
    inside ??= new Uint8Array(text.length);
    const end = index + run.length;
    if (picturesAndMarks.test(run)) {
      markPictures(text, index, end, inside);
      continue;
    }
    if (from >= 0 && index - to > NEAR) {
      segment(text, from, to, inside);
      from = -1;
    }
    if (from < 0) from = index;
    to = end;
  }
  if (from >= 0) segment(text, from, to, inside!);
  return inside;
}

function markPictures(text: string, start: number, end: number, inside: Uint8Array): void {
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    const isHigh = code >= 0xd800 && code <= 0xdbff;
    if (!isHigh && (i > start || takesMarks(text, start - 1))) inside[i] = 1;
  }
}

/** Controls, and the start of the text, take no marks. */
function takesMarks(text: string, i: number): boolean {
  const code = text.charCodeAt(i);
  return code >= 0x20 && code !== 0xad && (code < 0x7f || code > 0x9f);
}

function segment(text: string, runStart: number, runEnd: number, inside: Uint8Array): void {
  // A cluster can reach one simple character to the left (a letter before its mark) and one to the right (a letter
  // after a joiner), never further.
  const start = Math.max(0, runStart - 1);
  const end = Math.min(text.length, runEnd + 1);
  inside.fill(1, start + 1, end);
  for (const cluster of segmenter.segment(text.slice(start, end))) {
    if (cluster.index > 0) inside[start + cluster.index] = 0;
  }
}
