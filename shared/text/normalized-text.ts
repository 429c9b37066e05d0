/**
 * A text after normalisation: code points, and for each the half-open range of the original text that it stands for,
 * in UTF-16 units. One is used again and again, so what it holds is good until it is filled anew.
 */
export interface NormalizedText {
  readonly codes: Int32Array;
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  /** How much of the arrays is in use. */
  readonly length: number;
}

/** A normalised text that grows as it is written. */
export class NormalizedTextBuffer implements NormalizedText {
  codes = new Int32Array(64);
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(code: number, start: number, end: number): void {
    const at = this.length++;
    if (at === this.codes.length) this.#grow();
    this.codes[at] = code;
    this.starts[at] = start;
    this.ends[at] = end;
  }

  #grow(): void {
    this.codes = doubled(this.codes);
    this.starts = doubled(this.starts);
    this.ends = doubled(this.ends);
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
