// A source of tweets as a process of its own: posts NDJSON bodies over kept-alive connections at a rate, does as it is
// told by 429 and 503, and prints a SourceReport. Argument: a SourceOrder as JSON.
import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { benchTweets } from '../bench-inputs.ts';
import { tweetId } from './tweet-id.ts';

export interface SourceOrder {
  readonly url: string;
  /** Number of the first tweet; they are counted up from there. */
  readonly first: number;
  readonly tweets: number;
  /** Tweets a second; 0 is as fast as the host takes them. */
  readonly rate: number;
  readonly perBody: number;
  /** Bodies under way at once. */
  readonly inFlight: number;
}

export interface SourceReport {
  /** Tweets that were answered with 202: all that were ordered, since a refused body is sent again. */
  readonly acknowledged: number;
  /** From the first body's beginning to the last answer. */
  readonly seconds: number;
  /** Bodies that were told to come back. */
  readonly refused: number;
  /** When each body was sent, milliseconds since 1970, in the order of the tweets. */
  readonly sentAtMs: readonly number[];
}

const TICK_MS = 5;
/** Different texts: enough that no cache of the host holds them all. */
const TEXTS = 10_000;

async function run(order: SourceOrder): Promise<SourceReport> {
  const { url, first, tweets, rate, perBody, inFlight } = order;
  const rests = benchTweets(TEXTS).tweets.map(({ text }) => `"text":${JSON.stringify(text)}}`);
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight });
  const bodies = Math.ceil(tweets / perBody);
  const sentAtMs: number[] = [];
  let [next, refused, acknowledged] = [0, 0, 0];
  const begun = performance.now();

  const body = (index: number): Buffer => {
    const from = index * perBody;
    const count = Math.min(perBody, tweets - from);
    const lines = Array.from({ length: count }, (_, i) => {
      return `{"id":"${tweetId(first + from + i)}",${rests[(first + from + i) % rests.length]!}\n`;
    });
    return Buffer.from(lines.join(''));
  };
  const deliver = async (index: number): Promise<void> => {
    const bytes = body(index);
    sentAtMs[index] = performance.timeOrigin + performance.now();
    for (;;) {
      const { status, retryAfterMs, accepted } = await post(url, agent, bytes);
      acknowledged += accepted;
      if (status === 202) return;
      if (status !== 429 && status !== 503) throw new Error(`POST /v1/tweets answered ${status}`);
      refused += 1;
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
    }
  };
  const lane = async (): Promise<void> => {
    while (next < bodies) {
      const dueMs = rate === 0 ? 0 : (1_000 * next * perBody) / rate - (performance.now() - begun);
      if (dueMs > 0) {
        await new Promise((resolve) => setTimeout(resolve, Math.max(TICK_MS, dueMs)));
        continue;
      }
      await deliver(next++);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  agent.destroy();
  return { acknowledged, seconds: (performance.now() - begun) / 1_000, refused, sentAtMs };
}

interface Answer {
  readonly status: number;
  readonly retryAfterMs: number;
  readonly accepted: number;
}

async function post(url: string, agent: Agent, bytes: Buffer): Promise<Answer> {
  const sending = request(`${url}/v1/tweets`, {
    method: 'POST',
    agent,
    headers: { 'content-type': 'application/x-ndjson', 'content-length': bytes.length },
  });
  sending.end(bytes);
  const [response] = (await once(sending, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  const status = response.statusCode ?? 0;
  const accepted = status === 202 ? (JSON.parse(text) as { readonly accepted: number }).accepted : 0;
  return { status, retryAfterMs: 1_000 * Number(response.headers['retry-after'] ?? 1), accepted };
}

process.stdout.write(JSON.stringify(await run(JSON.parse(process.argv[2]!) as SourceOrder)));
