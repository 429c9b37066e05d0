/** Converts offsets of one text between UTF-16 units, as JavaScript counts, and code points, as Python counts. */
export interface CodePointOffsets {
  /** The number of code points; a lone surrogate counts as one. */
  readonly length: number;
  /**
   * The number of code points before the UTF-16 offset `index`, 0 <= index <= text.length. An offset within a
   * surrogate pair counts the code point that it cuts.
   */
  toCodePoint(index: number): number;
  /** The UTF-16 offset at which code point `index` begins, 0 <= index <= length. */
  toUtf16(index: number): number;
}

const highBeforeLow = /[\ud800-\udbff][\udc00-\udfff]/;

/**
 * The offsets of `text`: `text.slice(start, end)` is `Array.from(text).slice(toCodePoint(start), toCodePoint(end)).join('')`
 * for offsets that cut no surrogate pair.
 */
export function codePointOffsets(text: string): CodePointOffsets {
  // Without a pair both counts are the same, which is so for nine tweets of ten.
  if (!highBeforeLow.test(text))
    return { length: text.length, toCodePoint: (index) => index, toUtf16: (index) => index };
  const pairs: number[] = []; // UTF-16 offsets of the low surrogates, ascending
  for (let i = 0; i < text.length; i++) if (text.codePointAt(i)! > 0xffff) pairs.push(++i);
  return {
    length: text.length - pairs.length,
    toCodePoint: (index) => index - pairsBelow(index, (k) => pairs[k]!, pairs.length),
    // The k-th pair's second half would be code point pairs[k] - k: those at or below `index` lie before it.
    toUtf16: (index) => index + pairsBelow(index, (k) => pairs[k]! - k - 1, pairs.length),
  };
}

/** How many of the ascending values at(0), ..., at(count - 1) are below `limit`. */
function pairsBelow(limit: number, at: (k: number) => number, count: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (at(middle) < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
