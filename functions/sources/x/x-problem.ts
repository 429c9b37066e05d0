import { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';
import { X_TOKEN_VARIABLE } from './x-access.ts';

/**
 * What the API says is wrong: a Problem of its OpenAPI document (2.166), by itself, in `errors`, or in the stream.
 */
const problemSchema = z.object({
  title: z.string().optional(),
  detail: z.string().optional(),
  message: z.string().optional(),
  type: z.string().optional(),
  connection_issue: z.string().optional(),
  disconnect_type: z.string().optional(),
  details: z.array(z.string()).optional(),
});
export type XProblem = z.infer<typeof problemSchema>;

const bodySchema = problemSchema.extend({ errors: z.array(problemSchema).optional() });

/** Longer is no reason but a page. */
const DETAIL_MAX_CHARS = 300;
const BODY_MAX_BYTES = 64 * 1_024;

/** The problems of a body or line; empty when it is about none. */
export function problemsIn(value: unknown): readonly XProblem[] {
  const parsed = bodySchema.safeParse(value);
  if (!parsed.success) return [];
  const { errors, ...own } = parsed.data;
  const said = own.title === undefined && own.detail === undefined ? [] : [own];
  return [...said, ...(errors ?? [])];
}

/** The problems of an answer with an error. A body that says nothing is no problem. */
export async function problemsOf(response: Response): Promise<readonly XProblem[]> {
  try {
    return problemsIn(JSON.parse(await readStart(response)));
  } catch {
    return [];
  }
}

async function readStart({ body }: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  if (body === null) return '';
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > BODY_MAX_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Problems in one line: `ConnectionException (TooManyConnections): This stream is ...`. */
export function describeProblems(problems: readonly XProblem[]): string {
  return problems
    .map(({ title, detail, message, connection_issue, disconnect_type, details = [] }) => {
      const kind = connection_issue ?? disconnect_type;
      const said = [detail ?? message ?? '', ...details].filter((part) => part !== '').join(' ');
      return `${title ?? 'error'}${kind === undefined ? '' : ` (${kind})`}${said === '' ? '' : `: ${said}`}`;
    })
    .join('; ')
    .replaceAll(/\s+/g, ' ')
    .slice(0, DETAIL_MAX_CHARS);
}

/** Statuses that another try can mend; every other one from 400 to 499 has to be mended by a person. */
const TRANSIENT = new Set([408, 420, 425, 429]);

export function isTransient(status: number): boolean {
  return status < 400 || status >= 500 || TRANSIENT.has(status);
}

/** The error for an answer that waiting cannot mend, with what does. */
export function refusal(status: number, problems: readonly XProblem[]): NerError {
  const said = problems.length === 0 ? '' : `, ${describeProblems(problems)}`;
  if (status === 401) {
    return new NerError(
      'E_SOURCE_DENIED',
      `x: the token is not accepted, got HTTP 401${said}; expected a valid one. Set ${X_TOKEN_VARIABLE} to the app's bearer token of today; a new one makes the old one void.`,
    );
  }
  if (status === 403) {
    return new NerError(
      'E_SOURCE_DENIED',
      `x: the token may not do this, got HTTP 403${said}; expected an app with access to the filtered stream. Attach the app to a project with such access at https://developer.x.com, and leave out --backfill unless it is included.`,
    );
  }
  const remedy = problems.some(({ connection_issue }) => connection_issue === 'RuleConfigurationIssue')
    ? "Add a rule: tagwright rules add 'cats lang:en'."
    : 'See what it says, and https://docs.x.com/x-api/posts/filtered-stream.';
  return new NerError(
    'E_SOURCE_REFUSED',
    `x: the request is refused, got HTTP ${status}${said}; expected 200. ${remedy}`,
  );
}
