import { NerError } from '../../../shared/ner-error.ts';

/** Whom to ask, and as whom. */
export interface XAccess {
  readonly endpoint: URL;
  readonly token: string;
}

export const X_ENDPOINT = 'https://api.x.com';

/** The variable that holds the app's bearer token. */
export const X_TOKEN_VARIABLE = 'X_BEARER_TOKEN';

/**
 * Checks both. The token is in no message: not even one that cannot be a token.
 *
 * @throws {NerError} E_SOURCE_DENIED without a token; E_USAGE for an endpoint that is none or would show it on the network
 */
export function xAccess(token: string | undefined, endpoint = X_ENDPOINT): XAccess {
  if (token === undefined || !/^[\x21-\x7e]+$/.test(token.trim())) {
    const got = token === undefined ? 'none' : 'one with characters that no token has';
    throw new NerError(
      'E_SOURCE_DENIED',
      `x: no bearer token, got ${got} in ${X_TOKEN_VARIABLE}; expected the app's. Create an app at https://developer.x.com and set ${X_TOKEN_VARIABLE} to its bearer token.`,
    );
  }
  const url = URL.parse(endpoint);
  if (url === null || !isSafe(url)) {
    throw new NerError(
      'E_USAGE',
      `x: no address to send a token to, got '${endpoint}'; expected https://HOST, or http:// on this machine.`,
    );
  }
  return { endpoint: url, token: token.trim() };
}

function isSafe({ protocol, hostname, username }: URL): boolean {
  const local = ['127.0.0.1', 'localhost', '[::1]'].includes(hostname);
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && local));
}

/** A request to the API: HTTP errors are answers, everything else rejects as `fetch` does. */
export async function xFetch(
  { endpoint, token }: XAccess,
  path: string,
  { query = {}, ...init }: RequestInit & { readonly query?: Readonly<Record<string, string>> },
): Promise<Response> {
  const url = new URL(path, endpoint);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  return fetch(url, {
    ...init,
    // Following one would send the token elsewhere.
    redirect: 'manual',
    headers: { ...headersOf(init), authorization: `Bearer ${token}`, 'accept-encoding': 'identity' },
  });
}

function headersOf({ body }: RequestInit): Record<string, string> {
  return body === undefined || body === null ? {} : { 'content-type': 'application/json' };
}
