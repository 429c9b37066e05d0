import type { MergeRequest, TrendDetail, TrendsResponse } from '../../../../shared/contracts/trends.ts';
import type { Choice } from './choice.ts';

/** What the API said when it refused. */
export class ApiError extends Error {
  readonly status: number;

  constructor(status: number, detail: string) {
    super(detail);
    this.status = status;
  }
}

/** The trends of a choice. */
export async function fetchTrends(
  { window, order, type, q }: Choice,
  limit: number,
  signal: AbortSignal,
): Promise<TrendsResponse> {
  const query = new URLSearchParams({ window, order, limit: String(limit) });
  if (type !== '') query.set('type', type);
  if (q !== '') query.set('q', q);
  return (await send(`/v1/trends?${query.toString()}`, { signal })) as TrendsResponse;
}

/** One name; undefined when it is not counted any more. */
export async function fetchTrend(
  key: string,
  window: Choice['window'],
  signal: AbortSignal,
): Promise<TrendDetail | undefined> {
  try {
    return (await send(`/v1/trends/${encodeURIComponent(key)}?window=${window}`, { signal })) as TrendDetail;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return undefined;
    throw error;
  }
}

/** Undoes or pins a merge. */
export async function decideMerge(request: MergeRequest): Promise<void> {
  await send('/v1/merges', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(request),
  });
}

/** The answers come from the host that served this page, in the shapes of shared/contracts/trends.ts. */
async function send(path: string, init: RequestInit): Promise<unknown> {
  const response = await fetch(path, init);
  const body = (await response.json()) as { readonly detail?: string };
  if (!response.ok) throw new ApiError(response.status, body.detail ?? response.statusText);
  return body;
}
