import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { onTestFinished } from 'vitest';
import type { Authentication } from '../../functions/api/auth/authentication.ts';
import { createApiLambda } from '../../functions/api/lambda-handler.ts';
import type { ServingModel } from '../../functions/lambda/serving-model.ts';
import { StoredTrends } from '../../functions/trends/stored-trends.ts';
import { createRegistry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import { functionRecords, type FunctionRecords } from './function-records.ts';
import { FUNCTION_HOST, type UrlRequest, urlEvent } from './lambda-events.ts';
import { openStore } from './open-store.ts';
import { plainModel } from './plain-model.ts';
import { tempFolder } from './temp-folder.ts';

export interface ApiFunctionOptions {
  readonly model?: ServingModel;
  readonly authentication?: Authentication;
  readonly hosts?: readonly string[];
}

/** The API as a function over a store on disk. */
export interface ApiFunction extends FunctionRecords {
  readonly store: ObjectStore;
  /** Bodies of the messages that it sent. */
  readonly sent: string[];
  call(request: UrlRequest): Promise<APIGatewayProxyStructuredResultV2>;
}

export function createApiFunction(options: ApiFunctionOptions = {}): ApiFunction {
  const { model = plainModel, authentication, hosts = [FUNCTION_HOST] } = options;
  const { store } = openStore();
  const records = functionRecords();
  const clock = (): Date => new Date('2026-11-24T08:00:00Z');
  const trends = new StoredTrends({ store, folder: tempFolder(), clock });
  onTestFinished(() => {
    trends.close();
  });
  const sent: string[] = [];
  const handler = createApiLambda({
    ...records,
    model,
    registry: createRegistry({ store, clock }),
    store,
    queue: {
      send: async (bodies) => {
        sent.push(...bodies);
        return bodies.map((_, i) => String(i));
      },
    },
    trends,
    authentication,
    hosts,
    console: new Map([
      ['/trends', async () => ({ body: '<!doctype html>', contentType: 'text/html; charset=utf-8', etag: '"t"' })],
    ]),
    clock,
  });
  return { ...records, store, sent, call: (request) => handler(urlEvent(request)) };
}
