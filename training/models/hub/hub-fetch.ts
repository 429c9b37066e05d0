import { NerError } from '../../../shared/ner-error.ts';

/** Asks for one model of one hub. */
export interface HubRequest {
  readonly endpoint: string;
  readonly id: string;
  readonly revision: string;
  readonly token: string | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long a server may say nothing. */
  readonly stallMs: number;
}

/**
 * `fetch` for the hub's library: sends the token, to the hub only, and turns what goes wrong into errors by name. The
 * library itself refuses tokens of other hubs, which do not begin with `hf_`, and loses the reason that the hub gives.
 *
 * @throws {E_HUB_UNREACHABLE}, {E_HUB_UNKNOWN}, {E_HUB_REVISION}, {E_HUB_DENIED} from the function it makes
 */
export function createHubFetch(request: HubRequest): typeof fetch {
  const origin = new URL(request.endpoint).origin;
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (request.token !== undefined && url.origin === origin) headers.set('authorization', `Bearer ${request.token}`);
    // Until the answer begins; whoever reads it watches over the rest.
    const stalled = new AbortController();
    const timer = setTimeout(() => {
      stalled.abort(new Error(`no answer within ${request.stallMs} ms`));
    }, request.stallMs);
    const signals = [stalled.signal, request.signal, init?.signal].filter((each) => each instanceof AbortSignal);
    try {
      const response = await fetch(url, { ...init, headers, signal: AbortSignal.any(signals) });
      // The library knows what to make of a file that is not there.
      if (response.ok || response.headers.get('x-error-code') === 'EntryNotFound') return response;
      await response.body?.cancel();
      throw refused(request, response);
    } catch (error) {
      request.signal?.throwIfAborted();
      throw error instanceof NerError ? error : unreachable(request, error);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** The network failed, or the hub did. */
export function unreachable({ endpoint, id }: HubRequest, cause: unknown): NerError {
  return new NerError(
    'E_HUB_UNREACHABLE',
    `${id}: the hub cannot be reached at ${endpoint}, got ${reasonOf(cause)}; expected the model's files. ` +
      'Try again (what was downloaded is kept), set HF_ENDPOINT to another hub, or give a folder with the model.',
    { cause },
  );
}

function refused(request: HubRequest, response: Response): NerError {
  const { id, revision, endpoint, token } = request;
  const code = response.headers.get('x-error-code');
  if (code === 'RevisionNotFound') {
    return new NerError(
      'E_HUB_REVISION',
      `${id}: the model has no such revision on ${endpoint}, got '${revision}'; expected a branch, a tag or a commit. ` +
        "Leave the revision out for 'main'.",
    );
  }
  if (response.status === 404 || code === 'RepoNotFound') {
    return new NerError(
      'E_HUB_UNKNOWN',
      `${id}: there is no such model on ${endpoint}, got ${response.status}; expected the id of a model. ` +
        'Check the id; for a private model set HF_TOKEN; or give a folder with the model.',
    );
  }
  if (response.status === 401 || response.status === 403) {
    const got = token === undefined ? 'no token' : 'a token that may not read it';
    return new NerError(
      'E_HUB_DENIED',
      `${id}: ${endpoint} does not give out the model (${response.status}), got ${got}; expected one that may. ` +
        "Accept the model's conditions on its page if it has any, and set HF_TOKEN to a token of yours that may read it.",
    );
  }
  return unreachable(request, new Error(`HTTP status ${response.status}`));
}

/** `fetch failed` says nothing; what caused it does. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? `${error.message} (${cause.message})` : error.message;
}
