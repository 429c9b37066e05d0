import type { BatchResultErrorEntry } from '@aws-sdk/client-sqs';
import { setTimeout } from 'node:timers/promises';
import { NerError } from '../ner-error.ts';

/** An entry with its place among all, which is its Id. */
export type BatchEntry<T> = T & { readonly Id: string };

/** Sends a batch; what failed of it is returned. */
export type SendBatch<T> = (batch: readonly BatchEntry<T>[]) => Promise<readonly BatchResultErrorEntry[] | undefined>;

const BATCH_MAX = 10;
const ATTEMPTS = 4;
const FIRST_PAUSE_MS = 100;

/** What SQS answers for a receipt that is none of its own, and for one whose message is gone or visible again. */
const NO_RECEIPT = /ReceiptHandleIsInvalid/;
const OUT_OF_DATE = /MessageNotInflight|InvalidParameterValue/;

/**
 * Sends entries ten a call, in order. Entries that fail while the call succeeds are sent again, with growing pauses, unless
 * it is their own fault; receipts that are out of date are passed over.
 *
 * @throws {E_QUEUE_MESSAGE} a receipt is none
 * @throws {E_CLOUD_UNREACHABLE} the service has failed an entry too often
 * @throws {E_CLOUD_REFUSED} it does not take an entry
 */
export async function sendInBatches<T extends object>(
  action: string,
  entries: readonly T[],
  send: SendBatch<T>,
): Promise<void> {
  const numbered = entries.map((entry, i) => ({ ...entry, Id: String(i) }));
  for (let start = 0; start < numbered.length; start += BATCH_MAX) {
    let left: readonly BatchEntry<T>[] = numbered.slice(start, start + BATCH_MAX);
    for (let attempt = 1; left.length > 0; attempt++) {
      const failed = (await send(left)) ?? [];
      const again = new Set(failed.filter((failure) => isWorthAnother(action, failure, attempt)).map(({ Id }) => Id));
      left = left.filter(({ Id }) => again.has(Id));
      if (left.length > 0) await setTimeout(FIRST_PAUSE_MS * 2 ** (attempt - 1));
    }
  }
}

function isWorthAnother(action: string, failure: BatchResultErrorEntry, attempt: number): boolean {
  const { Code: code = '', Message: message = '', SenderFault: isOurs } = failure;
  const got = `got ${code}: ${message}`;
  if (isOurs !== true) {
    if (attempt < ATTEMPTS) return true;
    throw new NerError(
      'E_CLOUD_UNREACHABLE',
      `sqs: ${action} failed ${ATTEMPTS} times, ${got}; expected an answer. Try again later.`,
    );
  }
  if (OUT_OF_DATE.test(code)) return false;
  if (NO_RECEIPT.test(code)) {
    throw new NerError(
      'E_QUEUE_MESSAGE',
      `queue: not a receipt of this queue, ${got}; expected one that receive gave.`,
    );
  }
  throw new NerError(
    'E_CLOUD_REFUSED',
    `sqs: ${action} does not take an entry, ${got}; expected what the service takes.`,
  );
}
