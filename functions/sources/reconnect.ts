import type { Delivery, SourceChange, SourceDeps } from './source.ts';

/** How a connection ended that may be made again. */
export interface Ending {
  /** Chooses the delay: nobody answers, the server answers with an error, or it says that this was too often. */
  readonly kind: 'network' | 'http' | 'rate-limit';
  readonly reason: string;
  /** The connection had been of use, so that this is the first failure and not one more. */
  readonly worked: boolean;
  /** The server's own word on when to come back, in milliseconds since the epoch. */
  readonly retryAtMs?: number;
}

/** The milliseconds to wait after so many failures of a kind in a row, the first being 1. */
export type Delays = Readonly<Record<Ending['kind'], (failures: number) => number>>;

export interface Link {
  /** One connection from its opening to its end. @throws {NerError} what waiting cannot mend */
  connect(onChange: (change: SourceChange) => void, signal: AbortSignal): AsyncGenerator<Delivery, Ending, undefined>;
  readonly delays: Delays;
}

/** A delay grows by up to this part of itself; it never shrinks, since services state least delays. */
const JITTER = 0.25;

/** The deliveries of one connection after the other, until the signal. */
export async function* reconnecting(
  link: Link,
  { clock, wait, rng }: SourceDeps,
  onChange: (change: SourceChange) => void,
  signal: AbortSignal,
): AsyncGenerator<Delivery, void, undefined> {
  const failures = new Map<Ending['kind'], number>();
  while (!signal.aborted) {
    onChange({ state: 'connecting' });
    const ending = yield* link.connect(onChange, signal);
    if (isAborted(signal)) return;
    if (ending.worked) failures.clear();
    const { kind, reason, retryAtMs = 0 } = ending;
    const count = (failures.get(kind) ?? 0) + 1;
    failures.set(kind, count);
    const leastMs = Math.max(link.delays[kind](count), retryAtMs - clock().getTime());
    const waitMs = leastMs * (1 + JITTER * rng.uniform());
    onChange({ state: 'waiting', reason, retryMs: waitMs });
    await wait(waitMs, signal);
  }
}

/** The compiler takes a signal that was looked at for one that does not change. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Grows by `stepMs` a failure. */
export function linear(stepMs: number, maxMs: number): (failures: number) => number {
  return (failures) => Math.min(stepMs * failures, maxMs);
}

/** Doubles with each failure. */
export function exponential(firstMs: number, maxMs: number): (failures: number) => number {
  return (failures) => Math.min(firstMs * 2 ** (failures - 1), maxMs);
}
