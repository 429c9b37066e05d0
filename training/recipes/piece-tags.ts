/**
 * The tags of a sentence's sub-words, each that of its word.
 *
 * @param pieces sub-words of each word; a word without any gives nothing
 */
export function pieceTags(tags: readonly string[], pieces: readonly number[]): string[] {
  return tags.flatMap((tag, word) => new Array<string>(pieces[word]!).fill(tag));
}
