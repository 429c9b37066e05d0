import type { OpenAPIHono } from '@hono/zod-openapi';
import { OPEN_PATHS } from './authentication.ts';

type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** A security scheme of OpenAPI: how a caller shows who it is. */
export interface SecurityScheme {
  readonly type: 'http';
  readonly scheme: 'bearer';
  readonly bearerFormat: 'JWT';
}

const NAME = 'caller';

const REFUSED = {
  description: 'The caller has not shown who it is',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The document of an API whose callers have to show who they are. */
export function withAuthentication(document: Document, scheme: SecurityScheme): Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]) => {
    if (OPEN_PATHS.has(path)) return [path, item];
    const guarded = Object.entries(item).map(([method, operation]: [string, Readonly<Record<string, object>>]) => {
      return [method, { ...operation, responses: { ...operation['responses'], 401: REFUSED } }];
    });
    return [path, Object.fromEntries(guarded)];
  });
  return {
    ...document,
    paths: Object.fromEntries(paths) as NonNullable<Document['paths']>,
    components: { ...document.components, securitySchemes: { [NAME]: { ...scheme } } },
    security: [{ [NAME]: [] }],
  };
}
