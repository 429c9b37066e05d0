import { NerError } from '../../shared/ner-error.ts';

/** An error in a line for the log, with its code where it has one. */
export function messageOf(error: unknown): string {
  if (error instanceof NerError) return `${error.code}: ${error.message}`;
  return error instanceof Error ? error.message : String(error);
}
