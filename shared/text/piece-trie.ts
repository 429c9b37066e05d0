/** The pieces of a vocabulary as a tree of characters: finds the longest piece at a place in one walk. */
export class PieceTrie {
  /** Where the walk begins for the first piece of a word. */
  readonly root = 0;
  /** Where it begins for every further piece, past the prefix; -1 when no piece continues a word. */
  readonly continuation: number;
  readonly #edges: Edges;
  readonly #ids: Int32Array;
  readonly #depths: Int32Array;

  /** @param prefix how pieces begin that continue a word */
  constructor(vocab: ReadonlyMap<string, number>, prefix: string) {
    let most = 1;
    for (const piece of vocab.keys()) most += piece.length;
    const ids = new Int32Array(most).fill(-1);
    const depths = new Int32Array(most);
    const edges = new Edges(most);
    let nodes = 1;
    for (const [piece, id] of vocab) {
      let node = 0;
      for (let i = 0; i < piece.length; i++) {
        const code = piece.codePointAt(i)!;
        if (code > 0xffff) i++;
        let next = edges.get(node, code);
        if (next < 0) {
          next = nodes++;
          edges.set(node, code, next);
          depths[next] = depths[node]! + 1;
        }
        node = next;
      }
      ids[node] = id;
    }
    // Pieces share most of their beginnings, so a much smaller table does, and more of it fits the processor's cache.
    this.#edges = edges.resized(nodes);
    this.#ids = ids.slice(0, nodes);
    this.#depths = depths.slice(0, nodes);
    this.continuation = codesOf(prefix).reduce((node, code) => (node < 0 ? -1 : edges.get(node, code)), 0);
  }

  /**
   * Walks from node `from` along the code points [start, end).
   *
   * @returns the node of the longest piece that ends on the way, at least one code point long; -1 when there is none
   */
  longest(from: number, codes: Int32Array, start: number, end: number): number {
    let found = -1;
    let node = from;
    for (let i = start; i < end; i++) {
      node = this.#edges.get(node, codes[i]!);
      if (node < 0) break;
      if (this.#ids[node]! >= 0) found = node;
    }
    return found;
  }

  /** The id of the piece that ends at a node. */
  idOf(node: number): number {
    return this.#ids[node]!;
  }

  /** Code points from the root to a node. */
  depthOf(node: number): number {
    return this.#depths[node]!;
  }
}

function codesOf(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

/** A hash table from node and code point to node, with open addressing: there are 100,000 edges. */
class Edges {
  readonly #slots: Int32Array;
  readonly #mask: number;

  constructor(most: number) {
    // At most half full, so that a walk that leaves the tree soon meets an empty slot.
    const size = 2 ** Math.ceil(Math.log2(2 * most));
    this.#mask = size - 1;
    this.#slots = new Int32Array(3 * size).fill(-1);
  }

  /** The node at the end of the edge; -1 when there is no such edge. */
  get(node: number, code: number): number {
    return this.#slots[this.#slotOf(node, code) + 2]!;
  }

  set(node: number, code: number, next: number): void {
    const slot = this.#slotOf(node, code);
    this.#slots[slot] = node;
    this.#slots[slot + 1] = code;
    this.#slots[slot + 2] = next;
  }

  resized(most: number): Edges {
    const other = new Edges(most);
    const slots = this.#slots;
    for (let slot = 0; slot < slots.length; slot += 3) {
      if (slots[slot]! >= 0) other.set(slots[slot]!, slots[slot + 1]!, slots[slot + 2]!);
    }
    return other;
  }

  #slotOf(node: number, code: number): number {
    const slots = this.#slots;
    // 2^32 / golden ratio, as in Knuth's multiplicative hashing (The Art of Computer Programming 3, 6.4), and an odd
    // constant of the finaliser of MurmurHash3.
    const mixed = Math.imul(Math.imul(node, 0x9e3779b1) ^ code, 0x85ebca6b);
    let slot = (mixed ^ (mixed >>> 15)) & this.#mask;
    while (slots[3 * slot] !== -1 && (slots[3 * slot] !== node || slots[3 * slot + 1] !== code)) {
      slot = (slot + 1) & this.#mask;
    }
    return 3 * slot;
  }
}
