import { etag } from 'hono/etag';
import type { ConsoleFiles } from '../deps.ts';
import type { ApiApp } from '../documented-route.ts';

/**
 * `GET /` and the files of the pages. A browser asks each time and gets 304 for what it has. Where there is no live page, the
 * way in is the trends.
 */
export function addConsoleRoutes(app: ApiApp, files: ConsoleFiles): void {
  for (const [path, file] of files) {
    app.get(path, etag(), async (c) => {
      const { body, contentType, etag: tag } = await file();
      return c.body(body, 200, { 'content-type': contentType, 'cache-control': 'no-cache', etag: tag });
    });
  }
  if (!files.has('/')) app.get('/', (c) => c.redirect('/trends'));
}
