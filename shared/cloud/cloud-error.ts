import { NerError } from '../ner-error.ts';

/** What was asked of which service, for people: `{ service: 's3', action: 'PutObject', resource: 'bucket/key' }`. */
export interface CloudCall {
  readonly service: string;
  readonly action: string;
  readonly resource: string;
}

/** Names of the SDK's errors for who may not, or is not known; the services do not agree on one. */
const DENIED =
  /AccessDenied|Unauthorized|ExpiredToken|InvalidAccessKeyId|InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|CredentialsProviderError|OptInRequired/;

/** For who asked too often, or is to ask again. */
const TRANSIENT =
  /Throttl|TooManyRequests|SlowDown|RequestLimitExceeded|ServiceUnavailable|InternalError|InternalFailure|Timeout/;

/** Codes of sockets and name look-ups. */
const NETWORK = /^(?:E[A-Z]+|UND_ERR_[A-Z_]+)$/;

/** Thrown by the SDK before anything is sent. */
const NO_REGION = 'Region is missing';

interface SdkError extends Error {
  readonly code?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
}

/** Does the work; an error of the cloud that the work has no use for becomes one of ours, anything else goes through. */
export async function askCloud<T>(call: CloudCall, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw cloudError(call, error) ?? error;
  }
}

/** Undefined for what is no error of the cloud. */
export function cloudError({ service, action, resource }: CloudCall, error: unknown): NerError | undefined {
  if (error instanceof NerError || !(error instanceof Error) || error.name === 'AbortError') return undefined;
  const what = `${service}: ${action} on ${resource}`;
  if (error.message === NO_REGION) {
    return new NerError(
      'E_CLOUD_REFUSED',
      `${what} was not asked, got no region; expected that of the stack. Set AWS_REGION.`,
      { cause: error },
    );
  }
  const got = `got ${reasonOf(error)}`;
  switch (kindOf(error)) {
    case 'denied':
      return new NerError(
        'E_CLOUD_DENIED',
        `${what} is denied, ${got}; expected a role that may. Allow it, or use other credentials.`,
        { cause: error },
      );
    case 'unreachable':
      return new NerError(
        'E_CLOUD_UNREACHABLE',
        `${what} has no answer, ${got}; expected one of AWS. Try again later.`,
        {
          cause: error,
        },
      );
    case 'refused':
      return new NerError(
        'E_CLOUD_REFUSED',
        `${what} is refused, ${got}; expected what the service takes. Look at the names and settings of the stack.`,
        { cause: error },
      );
    case undefined:
      return undefined;
  }
}

function kindOf(error: SdkError): 'denied' | 'unreachable' | 'refused' | undefined {
  const status = error.$metadata?.httpStatusCode;
  if (DENIED.test(error.name) || status === 401 || status === 403) return 'denied';
  if (TRANSIENT.test(error.name) || status === 429 || (status !== undefined && status >= 500)) return 'unreachable';
  if (typeof error.code === 'string' && NETWORK.test(error.code)) return 'unreachable';
  return status === undefined ? undefined : 'refused';
}

function reasonOf(error: SdkError): string {
  if (error.message === '') return typeof error.code === 'string' ? error.code : error.name;
  return error.message.startsWith(error.name) ? error.message : `${error.name}: ${error.message}`;
}
