import type { IncomingMessage, ServerResponse } from 'node:http';
import { listen } from './hub-server.ts';

export interface XRequestSeen {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface XServer {
  readonly endpoint: string;
  readonly seen: readonly XRequestSeen[];
}

/** What the server does with the request of that number, from 0. */
export type XAnswer = (request: XRequestSeen, response: ServerResponse, number: number) => void;

/** The API of X on 127.0.0.1: the test says what it answers. */
export async function startX(answer: XAnswer): Promise<XServer> {
  const seen: XRequestSeen[] = [];
  const endpoint = await listen((request, response) => {
    void readRequest(request).then((read) => {
      seen.push(read);
      answer(read, response, seen.length - 1);
    });
  });
  return { endpoint, seen };
}

async function readRequest(request: IncomingMessage): Promise<XRequestSeen> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  const { pathname, searchParams } = new URL(request.url!, 'http://x');
  const { authorization } = request.headers;
  return { method: request.method!, path: pathname, query: searchParams, authorization, body };
}

/** Answers 200 and keeps the connection open. */
export function openStream(response: ServerResponse): void {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' });
  response.flushHeaders();
}

/** A line of the stream as documented, with its end. */
export function tweetLine(id: string, text: string, more: Readonly<Record<string, unknown>> = {}): string {
  const data = {
    id,
    text,
    author_id: '2244994945',
    created_at: '2026-11-27T10:00:00.000Z',
    lang: 'en',
    edit_history_tweet_ids: [id],
  };
  return `${JSON.stringify({ data, matching_rules: [{ id: '1', tag: 'test' }], ...more })}\r\n`;
}

/** An error as the API answers it. */
export function answerError(
  response: ServerResponse,
  status: number,
  problem: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', ...headers });
  response.end(JSON.stringify(problem));
}
