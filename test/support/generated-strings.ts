/**
 * The strings that test/golden/generate/word_piece.py draws, one a call: Marsaglia's xorshift with 32 bits, items of the
 * pools and of all of Unicode.
 */
export function createStrings(seed: number, pools: readonly (readonly string[])[]): () => string {
  let state = seed;
  const below = (limit: number): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
  const item = (): string => {
    const pool = pools[below(pools.length + 1)];
    if (pool !== undefined) return pool[below(pool.length)]!;
    const code = below(0x110000 - 0x800);
    return String.fromCodePoint(code < 0xd800 ? code : code + 0x800);
  };
  return () => Array.from({ length: 1 + below(16) }, item).join('');
}
