import type { TaggerHandler, TaggerMessage, TaggerResult } from './handler.ts';

export interface InTimeOptions {
  readonly handler: TaggerHandler;
  /** Milliseconds since any moment. */
  readonly now: () => number;
  /** Kept free at the end, to answer in. */
  readonly marginMs?: number;
}

/** A tagger handler with a deadline. */
export interface InTimeHandler {
  /** What `handle` gives; messages that there was no time for are failed, with LATE as their reason. */
  handle(messages: readonly TaggerMessage[], leftMs: () => number): Promise<TaggerResult>;
}

export const LATE = 'E_REQUEST_TIMEOUT: the function had no time left for the message';

const MARGIN_MS = 2_000;

/** Of the time that is left, what is filled with work: tagging and storing take longer at times. */
const FILLED = 0.5;

/**
 * Hands over as many messages at a time as are expected to be done before the deadline: all of them, as a rule. How long
 * they take is learnt from those before, so a first message goes alone. One message an invocation is always tried.
 * A part that is not done in time is given up, and its messages come again: whatever it stores nevertheless they then find.
 */
export function createInTimeHandler({ handler, now, marginMs = MARGIN_MS }: InTimeOptions): InTimeHandler {
  let bytesPerMs: number | undefined;

  const countThatFit = (messages: readonly TaggerMessage[], roomMs: number): number => {
    if (bytesPerMs === undefined) return 0;
    let bytes = roomMs * FILLED * bytesPerMs;
    const tooMuch = messages.findIndex(({ body }) => (bytes -= body.length) < 0);
    return tooMuch < 0 ? messages.length : tooMuch;
  };

  return {
    handle: async (messages, leftMs) => {
      const results: TaggerResult[] = [];
      let rest = messages;
      while (rest.length > 0) {
        const roomMs = leftMs() - marginMs;
        const isFirst = results.length === 0;
        const count = Math.max(countThatFit(rest, roomMs), isFirst || bytesPerMs === undefined ? 1 : 0);
        if (count === 0 || roomMs <= 0) break;
        const part = rest.slice(0, count);
        const begun = now();
        const result = await within(roomMs, handler.handle(part));
        if (result === undefined) break;
        bytesPerMs = sizeOf(part) / Math.max(1, now() - begun);
        results.push(result);
        rest = rest.slice(count);
      }
      return together([...results, late(rest)]);
    },
  };
}

function sizeOf(messages: readonly TaggerMessage[]): number {
  return messages.reduce((sum, { body }) => sum + body.length, 0);
}

/** Undefined when it takes longer. */
async function within<T>(ms: number, work: Promise<T>): Promise<T | undefined> {
  const timeout = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => {
    timeout.resolve(undefined);
  }, ms);
  try {
    return await Promise.race([work, timeout.promise]);
  } finally {
    clearTimeout(timer);
  }
}

function late(messages: readonly TaggerMessage[]): TaggerResult {
  const failed = messages.map(({ id }) => id);
  return { failed, reasons: new Map(failed.map((id) => [id, LATE])), tagged: 0, duplicates: 0, quarantined: 0 };
}

function together(results: readonly TaggerResult[]): TaggerResult {
  const sum = (name: 'tagged' | 'duplicates' | 'quarantined'): number =>
    results.reduce((total, result) => total + result[name], 0);
  return {
    failed: results.flatMap(({ failed }) => failed),
    reasons: new Map(results.flatMap(({ reasons }) => [...reasons])),
    tagged: sum('tagged'),
    duplicates: sum('duplicates'),
    quarantined: sum('quarantined'),
  };
}
