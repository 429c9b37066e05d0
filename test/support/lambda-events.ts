import type { APIGatewayProxyEventV2, SQSEvent, SQSRecord } from 'aws-lambda';

/** What SQS hands to a function, message by message; ids are `m0`, `m1`, ... */
export function sqsEvent(bodies: readonly string[]): SQSEvent {
  return { Records: bodies.map(sqsRecord) };
}

function sqsRecord(body: string, i: number): SQSRecord {
  return {
    messageId: `m${i}`,
    receiptHandle: `r${i}`,
    body,
    attributes: {
      ApproximateReceiveCount: '1',
      SentTimestamp: '1772600767000',
      SenderId: 'AIDAEXAMPLE',
      ApproximateFirstReceiveTimestamp: '1772600767001',
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: 'arn:aws:sqs:us-east-1:123456789012:queue',
    awsRegion: 'us-east-1',
  };
}

export interface UrlRequest {
  readonly method?: string;
  /** As it stands in the request, with its query. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export const FUNCTION_HOST = 'abc123.lambda-url.us-east-1.on.aws';

/** What a function URL makes of a request (payload format 2.0): header names are in lower case, bytes in base64. */
export function urlEvent({ method = 'GET', path, headers = {}, body }: UrlRequest): APIGatewayProxyEventV2 {
  const [rawPath = '', rawQueryString = ''] = path.split(/\?(.*)/s);
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath,
    rawQueryString,
    headers: { host: FUNCTION_HOST, 'x-forwarded-proto': 'https', ...(Object.fromEntries(lower) as object) },
    requestContext: {
      accountId: 'anonymous',
      apiId: 'abc123',
      domainName: FUNCTION_HOST,
      domainPrefix: 'abc123',
      http: { method, path: rawPath, protocol: 'HTTP/1.1', sourceIp: '203.0.113.1', userAgent: 'test' },
      requestId: '3f8c9f6e-0000-4000-8000-000000000000',
      routeKey: '$default',
      stage: '$default',
      time: '24/Nov/2026:08:00:00 +0000',
      timeEpoch: 1_795_507_200_000,
    },
    ...(body === undefined ? {} : bodyOf(body)),
    isBase64Encoded: body !== undefined && typeof body !== 'string',
  };
}

function bodyOf(body: string | Uint8Array): { readonly body: string } {
  return { body: typeof body === 'string' ? body : Buffer.from(body).toString('base64') };
}

/** The context of an invocation that has so much time. */
export function timeLeft(ms: number): { getRemainingTimeInMillis(): number } {
  const end = performance.now() + ms;
  return { getRemainingTimeInMillis: () => end - performance.now() };
}
