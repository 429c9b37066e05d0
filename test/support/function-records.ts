import type { FunctionLog } from '../../functions/lambda/function-log.ts';
import type { FunctionMetrics } from '../../functions/lambda/function-metrics.ts';

export interface FunctionRecords {
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
  /** Messages of the log, in order. */
  readonly logged: string[];
  /** Errors that were logged. */
  readonly errors: unknown[];
  /** What was counted, published or not. */
  readonly counts: Record<string, number>;
}

/** Log and metrics of a function that can be looked at. */
export function functionRecords(): FunctionRecords {
  const logged: string[] = [];
  const errors: unknown[] = [];
  const counts: Record<string, number> = {};
  return {
    log: {
      info: (message) => void logged.push(message),
      warn: (message) => void logged.push(message),
      error: (message, error) => {
        logged.push(message);
        errors.push(error);
      },
    },
    metrics: {
      add: (metric, count) => {
        counts[metric] = (counts[metric] ?? 0) + count;
      },
      publish: () => undefined,
    },
    logged,
    errors,
    counts,
  };
}
