import { expect } from 'vitest';
import { NerError } from '../../shared/ner-error.ts';

/** Code and message of the error of ours that a call throws; anything else fails the test. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof NerError) return `${error.code} ${error.message}`;
    throw error;
  }
  return expect.fail('was accepted');
}
