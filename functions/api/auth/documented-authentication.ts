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

/** What a path answers to, by method. */
type Operations = Readonly<Record<string, { readonly responses: object }>>;

function guarded(operations: Operations): Operations {
  const entries = Object.entries(operations).map(([method, operation]): [string, Operations[string]] => {
    return [method, { ...operation, responses: { ...operation.responses, 401: REFUSED } }];
  });
  return Object.fromEntries(entries);
}

/** The document of an API whose callers have to show who they are. */
export function withAuthentication(document: Document, scheme: SecurityScheme): Document {
  const paths = Object.entries(document.paths ?? {}).map(([path, item]): [string, object] => {
    return [path, OPEN_PATHS.has(path) ? item : guarded(item as Operations)];
  });
  return {
    ...document,
    paths: Object.fromEntries(paths) as NonNullable<Document['paths']>,
    components: { ...document.components, securitySchemes: { [NAME]: { ...scheme } } },
    security: [{ [NAME]: [] }],
  };
}
