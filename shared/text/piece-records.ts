/**
 * The pieces of a stretch of text, as numbers: how many there are, then for each its id, its start and end in UTF-16
 * units of the stretch, and the part (of the pre-tokeniser, from 0) that it belongs to. Each part has one at least.
 */
export const RECORD_FIELDS = 4;

/** Numbers that the record of this many pieces takes. */
export function recordLength(pieces: number): number {
  return 1 + RECORD_FIELDS * pieces;
}

/** One record that is written over again and again. */
export class PieceRecord {
  /** The record is at index 0. */
  numbers = new Int32Array(recordLength(64));

  get count(): number {
    return this.numbers[0]!;
  }

  /** Forgets all pieces but the first `count`. */
  truncate(count: number): void {
    this.numbers[0] = count;
  }

  push(id: number, start: number, end: number, part: number): void {
    const at = recordLength(this.count);
    if (at + RECORD_FIELDS > this.numbers.length) {
      const larger = new Int32Array(2 * this.numbers.length);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.numbers[at] = id;
    this.numbers[at + 1] = start;
    this.numbers[at + 2] = end;
    this.numbers[at + 3] = part;
    this.numbers[0]!++;
  }

  /** The part after that of the last piece. */
  get nextPart(): number {
    return this.count === 0 ? 0 : this.numbers[recordLength(this.count) - 1]! + 1;
  }
}
