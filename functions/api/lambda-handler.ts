import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { FUNCTION_METRICS } from '../../shared/contracts/function-metrics.ts';
import { createIntake } from '../ingest/ingest.ts';
import type { Queue } from '../../shared/queue/queue.ts';
import type { Registry } from '../../shared/registry/registry.ts';
import type { ObjectStore } from '../../shared/store/object-store.ts';
import type { FunctionLog } from '../lambda/function-log.ts';
import type { FunctionMetrics } from '../lambda/function-metrics.ts';
import type { ServingModel } from '../lambda/serving-model.ts';
import { storedTrendDeps } from '../trends/stored-trend-deps.ts';
import type { StoredTrends } from '../trends/stored-trends.ts';
import { createApp } from './app.ts';
import type { Authentication } from './auth/authentication.ts';
import type { ApiDeps, ConsoleFiles } from './deps.ts';
import { modelSummaries } from './model-summaries.ts';
import { problemResponse } from './problem.ts';
import { requestOf, resultOf } from './url-event.ts';

/**
 * One request's body. The platform takes events of 6 MB, where a body that is no text to it takes a third more
 * (https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html).
 */
const BODY_MAX_BYTES = 4 * 2 ** 20;

export interface ApiLambdaDeps {
  readonly model: ServingModel;
  readonly registry: Registry;
  readonly store: ObjectStore;
  /** Of the tagger. */
  readonly queue: Pick<Queue, 'send'>;
  readonly trends: StoredTrends;
  /** Undefined where the platform has let the caller in. */
  readonly authentication: Authentication | undefined;
  readonly hosts: readonly string[];
  /** Without the live page, whose stream a function does not have. */
  readonly console: ConsoleFiles;
  readonly clock: () => Date;
  readonly log: FunctionLog;
  readonly metrics: FunctionMetrics;
}

/** The API behind a function URL or an HTTP API: the same app as the host's, without what only a host can tell. */
export function createApiLambda(
  deps: ApiLambdaDeps,
): (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2> {
  const app = createApp(apiDeps(deps));
  return async (event) => {
    const response = await answer(event, (request) => app.fetch(request));
    deps.metrics.publish();
    return resultOf(response);
  };
}

async function answer(
  event: APIGatewayProxyEventV2,
  fetch: (request: Request) => Response | Promise<Response>,
): Promise<Response> {
  let request: Request;
  try {
    request = requestOf(event);
  } catch {
    const detail = 'the request cannot be read';
    return problemResponse({ code: 'E_REQUEST_MALFORMED', detail, requestId: event.requestContext.requestId });
  }
  return fetch(request);
}

function apiDeps({ model, registry, store, queue, trends, clock, log, metrics, ...rest }: ApiLambdaDeps): ApiDeps {
  const intake = createIntake({ queue, store, clock });
  return {
    // SQS has room for any number.
    admission: async () => 'open',
    ingest: async (tweets, rejected) => {
      const ingested = await intake.take(tweets, rejected);
      metrics.add(FUNCTION_METRICS.tweetsAccepted, ingested.accepted);
      metrics.add(FUNCTION_METRICS.linesRejected, ingested.rejected);
      return ingested;
    },
    predict: async (texts, options) => {
      await model.refresh();
      return model.predict(texts, options);
    },
    models: async () => modelSummaries(await registry.list()),
    serving: async () => {
      await model.refresh();
      return { ready: model.loadedId !== undefined, modelId: model.loadedId ?? null };
    },
    trends: storedTrendDeps(trends),
    reportError: (error, requestId) => {
      log.error('a request failed', error, { requestId });
    },
    limits: { bodyMaxBytes: BODY_MAX_BYTES },
    hosts: rest.hosts,
    console: rest.console,
    ...(rest.authentication === undefined ? {} : { authentication: rest.authentication }),
  };
}
