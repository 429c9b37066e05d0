import { z } from 'zod';
import { NerError } from '../../../shared/ner-error.ts';
import { type XAccess, xFetch } from './x-access.ts';
import { describeProblems, problemsIn, problemsOf, refusal } from './x-problem.ts';

const PATH = '/2/tweets/search/stream/rules';

const ruleSchema = z.object({ id: z.string(), value: z.string(), tag: z.string().optional() });
/** A rule of the filtered stream: tweets that match its value are delivered. */
export type XRule = z.infer<typeof ruleSchema>;

const answerSchema = z.object({
  data: z.array(ruleSchema).optional(),
  meta: z
    .object({
      next_token: z.string().optional(),
      summary: z.object({ deleted: z.int().optional(), not_deleted: z.int().optional() }).optional(),
    })
    .optional(),
});
type Answer = z.infer<typeof answerSchema>;

/** How long the API may take; these are small requests. */
const TIMEOUT_MS = 30_000;

/** All rules of the app. @throws {NerError} E_SOURCE_DENIED, E_SOURCE_REFUSED, E_SOURCE_UNREACHABLE */
export async function listXRules(access: XAccess): Promise<readonly XRule[]> {
  const rules: XRule[] = [];
  let token: string | undefined;
  do {
    const answer = await ask(access, { query: token === undefined ? {} : { pagination_token: token } });
    rules.push(...(answer.data ?? []));
    token = answer.meta?.next_token;
  } while (token !== undefined);
  return rules;
}

/**
 * Adds a rule and gives it as X keeps it. With `dryRun` it is only checked.
 *
 * @throws {NerError} E_SOURCE_REFUSED for a rule that is not valid or is there already, and as `listXRules`
 */
export async function addXRule(
  access: XAccess,
  rule: { readonly value: string; readonly tag?: string | undefined; readonly dryRun?: boolean },
): Promise<XRule> {
  const { value, tag, dryRun = false } = rule;
  const answer = await ask(access, {
    body: { add: [{ value, ...(tag === undefined ? {} : { tag }) }] },
    query: dryRun ? { dry_run: 'true' } : {},
  });
  const [added] = answer.data ?? [];
  if (added !== undefined) return added;
  throw new NerError(
    'E_SOURCE_REFUSED',
    `x: rule '${value}': X did not take it and did not say why; expected it back. See https://docs.x.com/x-api/posts/filtered-stream.`,
  );
}

/** Deletes rules. @throws {NerError} E_SOURCE_REFUSED when there is none of an id, and as `listXRules` */
export async function deleteXRules(access: XAccess, ids: readonly string[]): Promise<void> {
  const { meta } = await ask(access, { body: { delete: { ids } } });
  if ((meta?.summary?.not_deleted ?? 0) === 0) return;
  throw new NerError(
    'E_SOURCE_REFUSED',
    `x: rules ${ids.join(', ')}: not all of them were deleted; expected ids that 'tagwright rules' lists.`,
  );
}

interface Question {
  readonly body?: unknown;
  readonly query?: Readonly<Record<string, string>>;
}

async function ask(access: XAccess, { body, query = {} }: Question): Promise<Answer> {
  const signal = AbortSignal.timeout(TIMEOUT_MS);
  const init = body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) };
  let response: Response;
  let value: unknown;
  try {
    response = await xFetch(access, PATH, { ...init, query, signal });
    if (response.status >= 200 && response.status < 300) value = await response.json();
  } catch (error) {
    throw unreachable(access, messageOf(error), error);
  }
  if (value === undefined) {
    const problems = await problemsOf(response);
    const { status } = response;
    if (status >= 400 && status < 500 && status !== 429) throw refusal(status, problems);
    throw unreachable(access, `HTTP ${status}${problems.length === 0 ? '' : `, ${describeProblems(problems)}`}`);
  }
  const answer = answerSchema.safeParse(value);
  const problems = problemsIn(value);
  // An error comes with status 200 or 201 when some of what was asked for was done.
  if (problems.length > 0 && (answer.data?.data ?? []).length === 0) throw refusal(response.status, problems);
  if (!answer.success) throw unreachable(access, 'an answer that is none of the X API');
  return answer.data;
}

function unreachable({ endpoint }: XAccess, got: string, cause?: unknown): NerError {
  return new NerError(
    'E_SOURCE_UNREACHABLE',
    `x: ${endpoint.origin} cannot be asked, got ${got}; expected an answer of the X API. Try again later.`,
    { cause },
  );
}

function messageOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.message : String(error);
}
