import { recordLength } from './piece-records.ts';

/** Longer texts are not kept: they hardly come twice. Together with the records below, a slot is 128 bytes. */
const LONGEST_TEXT = 16;
const MOST_PIECES = 5;

/** A slot: the length of its text + 1 (0: empty), the text, two UTF-16 units a number, and its record. */
const RECORD_AT = 1 + LONGEST_TEXT / 2;
const SLOT_NUMBERS = 32;

/**
 * The records of short texts met before. Each text has one slot, by its hash, and takes it from whatever was there: the
 * words that come often are soon back, nothing is allocated or collected, and nobody can make look-ups slow with chosen
 * words. The text that is looked up need not be cut out.
 */
export class PieceCache {
  /** The records; `find` says where. */
  readonly numbers: Int32Array;
  readonly #mask: number;

  /** @param capacity slots, 128 bytes each, rounded up to a power of two; 0 keeps nothing */
  constructor(capacity: number) {
    const slots = capacity === 0 ? 0 : 2 ** Math.ceil(Math.log2(capacity));
    this.numbers = new Int32Array(SLOT_NUMBERS * slots);
    this.#mask = slots - 1;
  }

  /** Where in `numbers` the record of `text` within [start, end) is; -1 when it is not known. */
  find(text: string, start: number, end: number): number {
    const length = end - start;
    if (length > LONGEST_TEXT || this.#mask < 0) return -1;
    const at = this.#slotOf(text, start, end);
    const numbers = this.numbers;
    if (numbers[at] !== length + 1) return -1;
    for (let i = start, unit = at + 1; i < end; i += 2, unit++) if (numbers[unit] !== pairAt(text, i, end)) return -1;
    return at + RECORD_AT;
  }

  /** Keeps the record at the start of `record`, if text and record are short. */
  add(text: string, record: Int32Array): void {
    if (text.length > LONGEST_TEXT || record[0]! > MOST_PIECES || this.#mask < 0) return;
    const at = this.#slotOf(text, 0, text.length);
    const numbers = this.numbers;
    numbers[at] = text.length + 1;
    for (let i = 0, unit = at + 1; i < text.length; i += 2, unit++) numbers[unit] = pairAt(text, i, text.length);
    const length = recordLength(record[0]!);
    for (let i = 0; i < length; i++) numbers[at + RECORD_AT + i] = record[i]!;
  }

  #slotOf(text: string, start: number, end: number): number {
    // FNV-1a (http://www.isthe.com/chongo/tech/comp/fnv/) over UTF-16 units, folded because its low bits are the weaker.
    let hash = 0x811c9dc5 | 0;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    return SLOT_NUMBERS * ((hash ^ (hash >>> 15)) & this.#mask);
  }
}

/** The unit at `i` and the one after it, or 0 at the end. */
function pairAt(text: string, i: number, end: number): number {
  return text.charCodeAt(i) | (i + 1 < end ? text.charCodeAt(i + 1) << 16 : 0);
}
