/** Events per second over the last whole seconds. */
export class RateMeter {
  readonly #clock: () => Date;
  readonly #windowSeconds: number;
  /** Events by second since the epoch; at most the window and the current second. */
  readonly #bySecond = new Map<number, number>();
  #firstSecond: number | undefined;

  constructor(clock: () => Date, windowSeconds = 5) {
    this.#clock = clock;
    this.#windowSeconds = windowSeconds;
  }

  add(count: number): void {
    const second = this.#second();
    this.#firstSecond ??= second;
    this.#bySecond.set(second, (this.#bySecond.get(second) ?? 0) + count);
    for (const old of this.#bySecond.keys()) if (old < second - this.#windowSeconds) this.#bySecond.delete(old);
  }

  /** The mean over the window, or over what has passed of it since the first event; the current second is left out. */
  perSecond(): number {
    const now = this.#second();
    const first = Math.max(now - this.#windowSeconds, this.#firstSecond ?? now);
    if (first === now) return this.#bySecond.get(now) ?? 0;
    let sum = 0;
    for (const [second, count] of this.#bySecond) if (second >= first && second < now) sum += count;
    return sum / (now - first);
  }

  #second(): number {
    return Math.floor(this.#clock().getTime() / 1_000);
  }
}
