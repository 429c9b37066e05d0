import { MESSAGE_MAX_BYTES } from '../contracts/limits.ts';
import { NerError } from '../ner-error.ts';

/**
 * What SQS refuses: all but #x9 #xA #xD #x20-#xD7FF #xE000-#xFFFD #x10000-#x10FFFF
 * (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html). With the `u` flag a
 * surrogate pair is one character and only lone surrogates are in D800-DFFF.
 */
const REFUSED = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;

/**
 * Refuses what a queue message may not be, so that the embedded queue takes exactly what SQS takes.
 *
 * @throws E_QUEUE_MESSAGE
 */
export function assertMessageBody(body: string): void {
  if (body === '') throw new NerError('E_QUEUE_MESSAGE', 'send: the body is empty; expected at least one character.');
  const sizeBytes = Buffer.byteLength(body);
  if (sizeBytes > MESSAGE_MAX_BYTES) {
    throw new NerError(
      'E_QUEUE_MESSAGE',
      `send: the body is too large, got ${sizeBytes} bytes; expected at most ${MESSAGE_MAX_BYTES}. Split it.`,
    );
  }
  const refused = REFUSED.exec(body);
  if (refused !== null) {
    const code = refused[0].codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    throw new NerError(
      'E_QUEUE_MESSAGE',
      `send: the body has a character that SQS refuses, got U+${code} at ${refused.index}; expected none. ` +
        'Write it as a JSON escape.',
    );
  }
}
