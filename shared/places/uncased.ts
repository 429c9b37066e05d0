/** A word as the uncased BERT models see it: lower case, without accents. Step-4 files have no other words. */
export function uncased(word: string): string {
  return word
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '');
}
