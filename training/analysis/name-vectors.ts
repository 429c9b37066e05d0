/**
 * What names mean where they stand: the mean of the hidden states of their mentions, [H]. What all names have in common
 * says nothing, and is taken off before two are compared.
 */
export class NameVectors {
  /** Of each name: the sum of its mentions, and how many there are. */
  readonly #sums = new Map<string, { readonly type: string; readonly sum: Float64Array; count: number }>();
  /** Of all texts. */
  readonly #texts: { sum: Float64Array; count: number };
  #types: ReadonlyMap<string, { readonly sum: Float64Array; readonly count: number }> | undefined;
  readonly #width: number;

  constructor(width: number) {
    this.#width = width;
    this.#texts = { sum: new Float64Array(width), count: 0 };
  }

  /** Adds a mention of a name; `key` says which, and is of one type only. */
  add(type: string, key: string, vector: ArrayLike<number>): void {
    const known = this.#sums.get(key) ?? { type, sum: new Float64Array(this.#width), count: 0 };
    addTo(known.sum, vector);
    known.count++;
    this.#sums.set(key, known);
    this.#types = undefined;
  }

  /** Adds the mean of a whole text: what words have in common, whether they are names or not. */
  addText(vector: ArrayLike<number>): void {
    addTo(this.#texts.sum, vector);
    this.#texts.count++;
  }

  /**
   * The cosine of two names of one type, less what the other names of their type have in common, -1..1; undefined unless
   * both are known:
   *
   *     m   = (sum of the other names' vectors + PRIOR t) / (other names + PRIOR),   t = mean of the texts
   *     cos = (a - m)(b - m) / (|a - m| |b - m|)
   *
   * Hidden states lie in a narrow cone (Ethayarajh 2019, https://aclanthology.org/D19-1006), and those of one type in a
   * narrower one; without `m` any two names are alike. The texts stand in where names are few.
   */
  cosine(a: string, b: string): number | undefined {
    const [x, y] = [this.#sums.get(a), this.#sums.get(b)];
    if (x === undefined || y === undefined) return undefined;
    const { sum, count } = this.#ofType(x.type);
    const texts = Math.max(1, this.#texts.count);
    let [dot, xx, yy] = [0, 0, 0];
    for (let h = 0; h < this.#width; h++) {
      const [xh, yh] = [x.sum[h]! / x.count, y.sum[h]! / y.count];
      const mean = (sum[h]! - xh - yh + (PRIOR * this.#texts.sum[h]!) / texts) / (count - 2 + PRIOR);
      dot += (xh - mean) * (yh - mean);
      xx += (xh - mean) ** 2;
      yy += (yh - mean) ** 2;
    }
    return xx === 0 || yy === 0 ? undefined : dot / Math.sqrt(xx * yy);
  }

  #ofType(type: string): { readonly sum: Float64Array; readonly count: number } {
    this.#types ??= this.#sumTypes();
    return this.#types.get(type)!;
  }

  #sumTypes(): ReadonlyMap<string, { readonly sum: Float64Array; readonly count: number }> {
    const types = new Map<string, { readonly sum: Float64Array; count: number }>();
    for (const { type, sum, count } of this.#sums.values()) {
      const known = types.get(type) ?? { sum: new Float64Array(this.#width), count: 0 };
      for (let h = 0; h < this.#width; h++) known.sum[h]! += sum[h]! / count;
      known.count++;
      types.set(type, known);
    }
    return types;
  }
}

/** Names of a type that the mean of the texts stands for. */
const PRIOR = 8;

function addTo(sum: Float64Array, vector: ArrayLike<number>): void {
  for (let h = 0; h < sum.length; h++) sum[h]! += vector[h]!;
}
