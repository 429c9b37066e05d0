import { RECORD_FIELDS } from './piece-records.ts';

/** The pieces of a text, one entry of each array a piece; without [CLS] and [SEP], which the caller adds. */
export interface PieceEncoding {
  readonly ids: Int32Array;
  /** The word of each piece, ascending; a word that yields no piece is not among them. */
  readonly wordIds: Int32Array;
  /** What each piece stands for: half-open, in UTF-16 units of the text, or of its word where words were given. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
}

/** Collects the pieces of one text after another, so that nothing but the results is allocated. */
export class PieceWriter {
  /** Id, word id, start and end of each piece. */
  #fields = new Int32Array(4 * 256);
  #length = 0;

  /** Forgets what was added, in case a call before this one failed half-way. */
  clear(): void {
    this.#length = 0;
  }

  add(id: number, wordId: number, start: number, end: number): void {
    const at = this.#length;
    if (at === this.#fields.length) {
      const larger = new Int32Array(2 * at);
      larger.set(this.#fields);
      this.#fields = larger;
    }
    const fields = this.#fields;
    fields[at] = id;
    fields[at + 1] = wordId;
    fields[at + 2] = start;
    fields[at + 3] = end;
    this.#length = at + 4;
  }

  /** Adds the record at `numbers[at]` of a stretch that begins at `base`, all of it the word `wordId`. */
  addWord(numbers: Int32Array, at: number, base: number, wordId: number): void {
    const end = at + 1 + RECORD_FIELDS * numbers[at]!;
    for (let i = at + 1; i < end; i += RECORD_FIELDS) {
      this.add(numbers[i]!, wordId, base + numbers[i + 1]!, base + numbers[i + 2]!);
    }
  }

  /** The same, each part a word, the first of which is `wordId`. Returns the word id after the last. */
  addParts(numbers: Int32Array, at: number, base: number, wordId: number): number {
    const end = at + 1 + RECORD_FIELDS * numbers[at]!;
    for (let i = at + 1; i < end; i += RECORD_FIELDS) {
      this.add(numbers[i]!, wordId + numbers[i + 3]!, base + numbers[i + 1]!, base + numbers[i + 2]!);
    }
    return numbers[at] === 0 ? wordId : wordId + numbers[end - 1]! + 1;
  }

  /** What was added since the last call. */
  take(): PieceEncoding {
    const length = this.#length / 4;
    const fields = this.#fields;
    // One allocation: a typed array costs more than a tweet's words.
    const all = new Int32Array(4 * length);
    const ids = all.subarray(0, length);
    const wordIds = all.subarray(length, 2 * length);
    const starts = all.subarray(2 * length, 3 * length);
    const ends = all.subarray(3 * length);
    for (let piece = 0, at = 0; piece < length; piece++, at += 4) {
      ids[piece] = fields[at]!;
      wordIds[piece] = fields[at + 1]!;
      starts[piece] = fields[at + 2]!;
      ends[piece] = fields[at + 3]!;
    }
    this.#length = 0;
    return { ids, wordIds, starts, ends };
  }
}
