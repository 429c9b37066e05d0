import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

// Hono's adapter for Lambda writes requests that it cannot read to the log, and answers them in words of its own.

/**
 * The request that an event of a function URL or HTTP API (payload format 2.0) tells of.
 *
 * @throws {TypeError} for what is no request: a method, header or host that none may have
 */
export function requestOf(event: APIGatewayProxyEventV2): Request {
  const headers = new Headers();
  for (const [name, value] of Object.entries(event.headers)) {
    if (value !== undefined) headers.append(name, value);
  }
  if (event.cookies !== undefined) headers.set('cookie', event.cookies.join('; '));
  const { domainName, http } = event.requestContext;
  const query = event.rawQueryString === '' ? '' : `?${event.rawQueryString}`;
  const url = `https://${headers.get('host') ?? domainName}${event.rawPath}${query}`;
  return new Request(url, { method: http.method, headers, ...bodyOf(event) });
}

function bodyOf({ body, isBase64Encoded, requestContext }: APIGatewayProxyEventV2): Pick<RequestInit, 'body'> {
  // A request of these methods cannot have one.
  if (body === undefined || ['GET', 'HEAD'].includes(requestContext.http.method)) return {};
  return { body: new Uint8Array(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8')) };
}

/** The answer as the platform takes it. All of ours are text. */
export async function resultOf(response: Response): Promise<APIGatewayProxyStructuredResultV2> {
  return {
    statusCode: response.status,
    headers: Object.fromEntries(response.headers),
    body: await response.text(),
    isBase64Encoded: false,
  };
}
