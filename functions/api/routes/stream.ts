import { z } from 'zod';
import { liveTweetSchema, topEntitiesSchema } from '../../../shared/contracts/api.ts';
import { addRoute, problems, type ApiApp } from '../documented-route.ts';
import type { LiveFeed } from '../live-feed.ts';
import { problem } from '../problem.ts';

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // Proxies of the nginx kind would hold events back.
  'x-accel-buffering': 'no',
};

/** `GET /v1/stream`: what happens, as server-sent events. */
export function addStreamRoute(app: ApiApp, feed: LiveFeed): void {
  // The events are in no body that the document could refer to. A schema can be registered if it was made after the library
  // of the document was loaded, which a copy is whatever was loaded first.
  app.openAPIRegistry.register('LiveTweet', liveTweetSchema.meta({ id: 'LiveTweet' }));
  app.openAPIRegistry.register('TopEntities', topEntitiesSchema.meta({ id: 'TopEntities' }));
  addRoute(
    app,
    {
      method: 'get',
      path: '/v1/stream',
      operationId: 'streamEvents',
      summary: 'Tagged tweets and counters as they come',
      description:
        'Server-sent events: `tagged` (a LiveTweet; a sample of some a second), `status` (a HostStatus), `top` (TopEntities).',
      responses: {
        200: { description: 'Events without end', content: { 'text/event-stream': { schema: z.string() } } },
        ...problems(503),
      },
    },
    (c) => {
      // HEAD comes here too, and nobody would ever read or end its stream.
      if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);
      const stream = feed.open(c.env.disconnect);
      if (stream !== undefined) return c.body(stream, 200, HEADERS);
      return problem(c, {
        code: 'E_STREAM_FULL',
        detail: 'GET /v1/stream: there are as many readers as this host serves, or it is stopping. Try again.',
      });
    },
  );
}
