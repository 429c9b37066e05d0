import { type SecurityScheme, withAuthentication } from './auth/documented-authentication.ts';
import { addRoute, problems, type ApiApp } from './documented-route.ts';
import { z } from 'zod';

const INFO = {
  title: 'Tagwright',
  version: '1',
  description:
    'Tags named entities in tweets as they stream. Every error is application/problem+json (RFC 9457) with a `code`.',
  license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
};

export interface DocumentOptions {
  /** How callers show who they are, in OpenAPI's terms; left out where nobody has to. */
  readonly authentication: SecurityScheme | undefined;
}

/** `GET /openapi.json`: the document of all routes added before, made once. */
export function addDocumentRoute(app: ApiApp, { authentication }: DocumentOptions): void {
  addRoute(
    app,
    {
      method: 'get',
      path: '/openapi.json',
      operationId: 'getDocument',
      summary: 'This document',
      responses: {
        200: {
          description: 'OpenAPI 3.1',
          content: { 'application/json': { schema: z.record(z.string(), z.unknown()) } },
        },
        ...problems(),
      },
    },
    (c) => c.json(document),
  );
  const plain = app.getOpenAPI31Document({ openapi: '3.1.0', info: INFO });
  const document = authentication === undefined ? plain : withAuthentication(plain, authentication);
}
