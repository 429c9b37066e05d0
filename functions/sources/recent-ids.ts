/**
 * The last ids that came, so that what is sent again after a reconnect is dropped here. A set that is bounded cannot
 * know all of them: the ledger has the last word.
 */
export class RecentIds {
  readonly #max: number;
  /** In the order in which they came. */
  readonly #ids = new Set<string>();

  constructor(max: number) {
    this.#max = max;
  }

  /** True when the id was not there. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#ids.size > this.#max) {
      for (const oldest of this.#ids) {
        this.#ids.delete(oldest);
        break;
      }
    }
    return true;
  }
}
