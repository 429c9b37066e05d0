import { NerError, type ErrorCode } from '../../shared/ner-error.ts';

/** The code of the NerError that `work` fails with; undefined when it does not fail. Other errors go through. */
export async function codeOf(work: () => unknown): Promise<ErrorCode | undefined> {
  try {
    await work();
    return undefined;
  } catch (error) {
    if (error instanceof NerError) return error.code;
    throw error;
  }
}
