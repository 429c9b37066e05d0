import type { SecurityScheme } from './documented-authentication.ts';

/** Who may call the API. */
export interface Authentication {
  readonly scheme: SecurityScheme;
  /**
   * Looks at an `Authorization` header.
   *
   * @throws {E_UNAUTHORIZED} for a caller who has not shown who it is; the message says why, and nothing of the token
   */
  check(authorization: string | undefined): Promise<void>;
}

/** What a load balancer asks, and what tells nothing. */
export const OPEN_PATHS: ReadonlySet<string> = new Set(['/healthz', '/readyz']);
