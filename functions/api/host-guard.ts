import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from './api-env.ts';
import { problem } from './problem.ts';

/** The names of this machine to itself. */
const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

const SAFE_METHODS = ['GET', 'HEAD', 'OPTIONS'];

/** Ports that a Host header leaves out. */
const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' };

/**
 * Refuses requests that a web page elsewhere could make a browser send: with a Host header that is not ours (DNS
 * rebinding: the page's own name made to resolve to 127.0.0.1), or from a foreign origin (cross-site request forgery).
 * Served are the loopback names with the bound port (any port where the server does not tell it), and `hosts`.
 */
export function hostGuard(hosts: readonly string[]): MiddlewareHandler<ApiEnv> {
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  const serves = (name: string, port: string, boundPort: number | undefined): boolean =>
    allowed.has(name) ||
    allowed.has(`${name}:${port}`) ||
    (LOOPBACK.includes(name) && (boundPort === undefined || port === String(boundPort)));

  return async function guardHost(c, next) {
    // `app.request` and function runtimes may leave the header out; the URL then says the same.
    const host = c.req.header('host') ?? new URL(c.req.url).host;
    const own = splitHost(host);
    const boundPort = c.env.boundPort;
    if (own === undefined || !serves(own.name, own.port ?? '80', boundPort)) {
      const served = [...LOOPBACK, ...allowed].join(', ');
      const detail = `Host: '${host.slice(0, 100)}' is not served here; expected one of ${served}. Add the name to the served hosts if it is yours.`;
      return problem(c, { code: 'E_REQUEST_HOST', detail });
    }

    const origin = c.req.header('origin');
    const foreign =
      origin === undefined
        ? c.req.header('sec-fetch-site') === 'cross-site' && !SAFE_METHODS.includes(c.req.method)
        : !isServedOrigin(origin, (name, port) => serves(name, port, boundPort));
    if (foreign) {
      const detail = `Origin: '${(origin ?? 'cross-site').slice(0, 100)}' may not call this API; expected the origin of its own page.`;
      return problem(c, { code: 'E_REQUEST_ORIGIN', detail });
    }
    await next();
    return undefined;
  };
}

/** `name:port` apart, in lower case; undefined for what no Host header may hold. */
function splitHost(host: string): { readonly name: string; readonly port: string | undefined } | undefined {
  const match = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/.exec(host.toLowerCase());
  return match === null ? undefined : { name: match[1]!, port: match[2] };
}

function isServedOrigin(origin: string, serves: (name: string, port: string) => boolean): boolean {
  if (!URL.canParse(origin)) return false;
  const { hostname, port, protocol } = new URL(origin);
  const defaultPort = DEFAULT_PORTS[protocol];
  return defaultPort !== undefined && serves(hostname, port === '' ? defaultPort : port);
}
