import type { Ending } from '../reconnect.ts';
import { createLineSplitter, type SplitLine } from '../line-splitter.ts';
import { SOURCE_MESSAGE_MAX_BYTES } from '../rejected-input.ts';
import type { Delivery, SourceChange, SourceDeps } from '../source.ts';
import { createWatchdog, type Watchdog } from '../watchdog.ts';
import { type XAccess, xFetch } from './x-access.ts';
import { readXLine, type XMessage, X_FIELDS } from './x-message.ts';
import { describeProblems, isTransient, problemsOf, refusal } from './x-problem.ts';

export interface XConnectionOptions {
  readonly access: XAccess;
  /** Minutes to ask for again. */
  readonly backfillMinutes: number | undefined;
  readonly idleMs: number;
  readonly deps: SourceDeps;
  readonly onChange: (change: SourceChange) => void;
  /** Told of every read, also of one that brought a keep-alive alone. */
  readonly read: (messages: readonly XMessage[]) => Delivery;
}

/**
 * One connection to `GET /2/tweets/search/stream`: what came of its lines, at each read those that it completed.
 *
 * @throws {NerError} E_SOURCE_DENIED, E_SOURCE_REFUSED
 */
export async function* xDeliveries(
  { access, backfillMinutes, idleMs, deps, onChange, read }: XConnectionOptions,
  signal: AbortSignal,
): AsyncGenerator<Delivery, Ending, undefined> {
  const cut = new AbortController();
  let idle = false;
  let worked = false;
  const onIdle = (): void => {
    idle = true;
    cut.abort();
  };
  const watchdog = createWatchdog({ idleMs, wait: deps.wait, onIdle }, cut.signal);
  const lost = (error: unknown): Ending => ({
    kind: 'network',
    reason: idle ? `nothing came for ${idleMs / 1_000} s` : networkReason(error),
    worked,
  });
  try {
    const query = { ...X_FIELDS, ...(backfillMinutes === undefined ? {} : { backfill_minutes: `${backfillMinutes}` }) };
    let response: Response;
    try {
      response = await xFetch(access, '/2/tweets/search/stream', {
        query,
        signal: AbortSignal.any([signal, cut.signal]),
      });
    } catch (error) {
      return lost(error);
    }
    if (response.status !== 200 || response.body === null) return await refused(response);
    onChange({ state: 'live', reason: access.endpoint.origin });
    const lines = readLines(response.body, watchdog);
    try {
      for await (const completed of lines) {
        worked = true;
        const messages = completed.map(readXLine).filter((message) => message !== undefined);
        yield read(messages);
        const disconnect = messages.find((message) => message.kind === 'disconnect');
        if (disconnect !== undefined) {
          return { kind: disconnect.tooMany ? 'rate-limit' : 'network', reason: disconnect.reason, worked };
        }
      }
    } catch (error) {
      // A signal may abort with any reason, and `fetch` then rejects with that.
      if (!signal.aborted && !cut.signal.aborted && !isNetworkError(error)) throw error;
      return lost(error);
    }
    return { kind: 'network', reason: 'the server ended the stream', worked };
  } finally {
    cut.abort();
  }
}

/** Lines as they are completed. A last one without an end counts if it is whole; half of one is passed over. */
async function* readLines(
  body: NonNullable<Response['body']>,
  watchdog: Watchdog,
): AsyncGenerator<readonly SplitLine[], void, undefined> {
  const splitter = createLineSplitter(SOURCE_MESSAGE_MAX_BYTES);
  watchdog.arm();
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    // Whoever takes these lines may be busy for a while, and the server then waits for us.
    watchdog.disarm();
    yield splitter.push(chunk);
    watchdog.arm();
  }
  const rest = splitter.rest();
  const message = readXLine(rest);
  if (message !== undefined && message.kind !== 'rejected') yield [rest];
}

/**
 * The documented statuses: 429 by `x-rate-limit-reset` where the limit is used up (it may be that of connections, which
 * has no such time), else an error to wait out or one to stop at.
 */
async function refused(response: Response): Promise<Ending> {
  const { status, headers } = response;
  const problems = await problemsOf(response);
  if (!isTransient(status)) throw refusal(status, problems);
  const reason = `HTTP ${status}${problems.length === 0 ? '' : `, ${describeProblems(problems)}`}`;
  if (status !== 429 && status !== 420) return { kind: 'http', reason, worked: false };
  const resetSeconds = Number(headers.get('x-rate-limit-reset') ?? NaN);
  const usedUp = headers.get('x-rate-limit-remaining') === '0' && Number.isFinite(resetSeconds);
  return { kind: 'rate-limit', reason, worked: false, ...(usedUp ? { retryAtMs: resetSeconds * 1_000 } : {}) };
}

/** What a body rejects with when its connection is lost. */
function isNetworkError(error: unknown): boolean {
  return error instanceof TypeError;
}

/** The cause's code; `fetch failed` says nothing. */
function networkReason(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  if (cause instanceof Error && 'code' in cause && typeof cause.code === 'string') return cause.code;
  return error instanceof Error ? error.message : String(error);
}
