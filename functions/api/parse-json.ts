import { NerError } from '../../shared/ner-error.ts';

/**
 * The JSON value of a body.
 *
 * @throws {NerError} E_REQUEST_MALFORMED when it is not UTF-8 or not JSON.
 */
export function parseJson(body: Uint8Array, where: string): unknown {
  if (body.byteLength === 0) {
    throw new NerError('E_REQUEST_MALFORMED', `${where}: the body is empty; expected JSON.`);
  }
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body)) as unknown;
  } catch (cause) {
    const reason = cause instanceof SyntaxError ? cause.message.slice(0, 200) : 'it is not UTF-8';
    throw new NerError('E_REQUEST_MALFORMED', `${where}: the body is not JSON: ${reason}`, { cause });
  }
}
