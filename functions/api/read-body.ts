import { NerError } from '../../shared/ner-error.ts';

/**
 * Reads a request's body, never more than `maxBytes` of it: what the Content-Length announces is refused at once, a
 * chunked body as soon as it is too long.
 *
 * @throws {NerError} E_REQUEST_TOO_LARGE, or E_REQUEST_MALFORMED when the body ends before it is complete.
 */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const tooLarge = (got: string): NerError =>
    new NerError(
      'E_REQUEST_TOO_LARGE',
      `${request.method} ${new URL(request.url).pathname}: the body is too large, got ${got} bytes; expected at most ${maxBytes}. Send it in parts.`,
    );
  const announced = Number(request.headers.get('content-length') ?? 0);
  if (announced > maxBytes) throw tooLarge(String(announced));
  if (request.body === null) return new Uint8Array(0);

  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = (request.body as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read().catch((cause: unknown) => {
      throw new NerError('E_REQUEST_MALFORMED', `${request.method}: the body ended before it was complete.`, { cause });
    });
    if (done) break;
    size += value.byteLength;
    if (size > maxBytes) {
      // Not awaited: the refusal must not wait for a sender who goes on sending.
      reader.cancel().catch(() => undefined);
      throw tooLarge(`more than ${maxBytes}`);
    }
    chunks.push(value);
  }
  return chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, size);
}
