import { expect } from 'vitest';
import { NerError, type ErrorCode } from '../../shared/ner-error.ts';

/** Expects a NerError with this code, whose message contains `part`. */
export function expectFails(run: () => unknown, code: ErrorCode, part = ''): void {
  let error: unknown;
  try {
    run();
  } catch (thrown) {
    error = thrown;
  }
  if (!(error instanceof NerError)) throw new Error(`expected ${code}, got ${String(error)}`, { cause: error });
  expect({ code: error.code, message: error.message }).toMatchObject({ code, message: error.message });
  expect(error.message).toContain(part);
}
