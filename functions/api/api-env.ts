import type { RequestIdVariables } from 'hono/request-id';

/** What Hono's context carries. The bindings come from the server around the app; on AWS there are none. */
export interface ApiEnv {
  readonly Bindings: {
    /** The TCP port that took the request. */
    readonly boundPort?: number;
    /** Cuts the connection that the request came on. */
    readonly disconnect?: () => void;
  };
  readonly Variables: RequestIdVariables & {
    /** Called once the body is whole: from then on a slow sender is no reason for a slow answer. */
    readonly bodyRead?: () => void;
  };
}
