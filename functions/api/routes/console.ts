import { etag } from 'hono/etag';
import type { ConsoleAsset } from '../deps.ts';
import type { ApiApp } from '../documented-route.ts';

/** `GET /` and the files of the page. A browser asks each time and gets 304 for what it has. */
export function addConsoleRoutes(app: ApiApp, assets: ReadonlyMap<string, ConsoleAsset>): void {
  for (const [path, asset] of assets) {
    app.get(path, etag(), (c) =>
      c.body(asset.body, 200, { 'content-type': asset.contentType, 'cache-control': 'no-cache', etag: asset.etag }),
    );
  }
}
