import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { HostOrders } from './host-child.ts';
import { until } from './until.ts';

const script = join(import.meta.dirname, 'host-child.ts');
const COMPILE_CACHE = join(import.meta.dirname, '..', '..', 'node_modules', '.cache', 'tagwright-tests');

/** A host as a process of its own. */
export interface HostProcess {
  readonly child: ChildProcess;
  /** All that it logged. */
  readonly log: readonly string[];
  /** Lets it begin; resolves with its address, or undefined when it ended before it served. */
  go(orders: HostOrders): Promise<string | undefined>;
  /** Resolves once it has logged such a line. */
  said(pattern: RegExp): Promise<void>;
  /** Sends the signal and resolves when the process is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
  /** Closes it cleanly; resolves with its exit code. */
  close(): Promise<number | null>;
}

/** Starts the process, which loads its modules and waits; `through` is a command to start it with. */
export function hostProcess(through: readonly string[] = []): HostProcess {
  const [command, ...rest] = [...through, process.execPath, '--disable-warning=ExperimentalWarning', script];
  const child = spawn(command, rest, {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: COMPILE_CACHE },
  });
  child.stdin.on('error', () => undefined);
  const log: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => log.push(line));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const closed = once(child, 'close') as Promise<[number | null]>;
  return {
    child,
    log,
    go: async (orders) => {
      child.stdin.write(`${JSON.stringify(orders)}\n`);
      const { value, done } = await lines.next();
      return done === true ? undefined : value;
    },
    said: (pattern) => until(() => log.some((line) => pattern.test(line))),
    end: async (signal) => {
      child.kill(signal);
      await closed;
    },
    close: async () => {
      child.stdin.end();
      return (await closed)[0];
    },
  };
}

/** Resolves once the host has nothing left to tag, dead letters aside. */
export async function drained(url: string): Promise<void> {
  await until(async () => {
    const text = await (await fetch(`${url}/metrics`)).text();
    const messages = (state: string): number =>
      Number(new RegExp(`^tagwright_queue_messages\\{state="${state}"\\} (\\d+)$`, 'm').exec(text)![1]);
    return messages('ready') + messages('in_flight') === 0;
  });
}

/** Sends tweets, one a line; resolves with the status, or undefined when the connection broke. */
export async function postTweets(url: string, tweets: readonly object[]): Promise<number | undefined> {
  try {
    const response = await fetch(`${url}/v1/tweets`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-ndjson' },
      body: tweets.map((tweet) => JSON.stringify(tweet)).join('\n'),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return undefined;
  }
}
