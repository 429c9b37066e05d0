import { NerError } from '../../shared/ner-error.ts';

/**
 * The media type of a request's body, one of `accepted`.
 *
 * @throws {NerError} E_REQUEST_MEDIA_TYPE for another type, none, a character set besides UTF-8 or a compressed body.
 */
export function requireMediaType<T extends string>(request: Request, accepted: readonly T[]): T {
  const header = request.headers.get('content-type') ?? '';
  const [essence = '', ...parameters] = header.split(';').map((part) => part.trim().toLowerCase());
  const type = accepted.find((candidate) => candidate === essence);
  const where = `${request.method} ${new URL(request.url).pathname}`;
  if (type === undefined) {
    const got = header === '' ? 'none' : `'${header.slice(0, 100)}'`;
    throw new NerError(
      'E_REQUEST_MEDIA_TYPE',
      `${where}: unsupported content type, got ${got}; expected ${accepted.join(' or ')}.`,
    );
  }
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  if (charset !== undefined && !['utf-8', 'utf8', '"utf-8"'].includes(charset)) {
    throw new NerError(
      'E_REQUEST_MEDIA_TYPE',
      `${where}: unsupported charset, got '${charset.slice(0, 40)}'; expected utf-8.`,
    );
  }
  const encoding = request.headers.get('content-encoding');
  if (encoding !== null && encoding.toLowerCase() !== 'identity') {
    throw new NerError(
      'E_REQUEST_MEDIA_TYPE',
      `${where}: unsupported content encoding, got '${encoding.slice(0, 40)}'; expected an uncompressed body.`,
    );
  }
  return type;
}
