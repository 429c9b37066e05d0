import { Logger } from '@aws-lambda-powertools/logger';
import { type LoggedError, loggedError } from './logged-error.ts';
import type { FunctionIdentity } from './function-metrics.ts';

/** What may stand in the log: counts, ids of ours, codes. Tweets, their ids and authors never. */
export type LogFacts = Readonly<Record<string, string | number | boolean | null>>;

/** The function's log: one JSON object a line. */
export interface FunctionLog {
  info(message: string, facts?: LogFacts): void;
  warn(message: string, facts?: LogFacts): void;
  error(message: string, error: unknown, facts?: LogFacts): void;
}

export function createFunctionLog({ service, stage }: FunctionIdentity): FunctionLog {
  const logger = new Logger({ serviceName: service, persistentKeys: { stage } });
  return {
    info: (message, facts = {}) => {
      logger.info(message, facts);
    },
    warn: (message, facts = {}) => {
      logger.warn(message, facts);
    },
    error: (message, error, facts = {}) => {
      const failure: LoggedError = loggedError(error);
      logger.error(message, { ...facts, failure: { ...failure } });
    },
  };
}
