import { FAILURE_REASON_MAX_CHARACTERS } from '../../../shared/contracts/training-job.ts';
import { type ErrorCode, NerError } from '../../../shared/ner-error.ts';

/** Their messages quote a line of the corpus after `got`, and a line may hold a tweet. */
const QUOTING: ReadonlySet<ErrorCode> = new Set(['E_CORPUS_MALFORMED', 'E_CORPUS_COLUMN', 'E_CORPUS_EMPTY']);

/**
 * Why a job failed, in words that may be logged and that the platform shows to whoever may see jobs: code, place and reason,
 * but nothing that was read. Of what we did not foresee there is the place in the code alone.
 */
export function failureReason(error: unknown): string {
  return reasonOf(error).slice(0, FAILURE_REASON_MAX_CHARACTERS);
}

function reasonOf(error: unknown): string {
  if (!(error instanceof NerError)) return `E_INTERNAL: internal: ${placeOf(error)}. Please report it.`;
  // From the first `, got` to the last `; expected`: a value may hold either.
  const message = QUOTING.has(error.code) ? error.message.replace(/, got [^]*(?=; expected)/, '') : error.message;
  if (error.code !== 'E_INTERNAL') return `${error.code}: ${message}`;
  return `E_INTERNAL: internal: ${placeOf(error.cause)}. Please report it.`;
}

/** Kind of the error and where it was thrown; its message may quote anything. */
function placeOf(error: unknown): string {
  // From another thread comes the text of a stack.
  const stack = error instanceof Error ? error.stack : error;
  const frame = typeof stack === 'string' ? /^\s+at .*$/m.exec(stack)?.[0].trim() : undefined;
  const kind = error instanceof Error ? error.name : 'an error';
  return `${kind} ${frame ?? 'at an unknown place'}`;
}
