import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface HostProcess {
  readonly url: string;
  readonly child: ChildProcess;
  /** Values of `GET /metrics` by name with labels, as Prometheus reads them. */
  metrics(): Promise<ReadonlyMap<string, number>>;
  /** Resolves when the queue is empty and nothing is in hand. */
  drained(): Promise<void>;
  /** Ends it as an operator does, and gives its exit code. */
  stop(): Promise<number | null>;
}

export interface HostProcessOptions {
  readonly model: string;
  readonly state: string;
  /** Flags of the verb. */
  readonly flags?: readonly string[];
  /** Flags of Node, such as `--cpu-prof`. */
  readonly nodeFlags?: readonly string[];
}

const CLI = join(import.meta.dirname, '..', '..', '..', 'cli', 'main.ts');

/** `tagwright serve` as a process of its own, with a model that serves. */
export async function startHostProcess(options: HostProcessOptions): Promise<HostProcess> {
  const { model, state, flags = [], nodeFlags = [] } = options;
  const args = [...nodeFlags, '--disable-warning=ExperimentalWarning', CLI, 'serve', '--port', '0'];
  const child = spawn(process.execPath, [...args, '--state', state, '--model', model, ...flags], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const url = await addressOf(child);
  const metrics = async (): Promise<ReadonlyMap<string, number>> =>
    parseMetrics(await (await fetch(`${url}/metrics`)).text());
  return {
    url,
    child,
    metrics,
    drained: async () => {
      while (waitingIn(await metrics()) > 0) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    stop: async () => {
      const closed = once(child, 'close');
      child.kill('SIGTERM');
      return ((await closed) as [number | null])[0];
    },
  };
}

function addressOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const lines: string[] = [];
    createInterface({ input: child.stderr! }).on('line', (line) => {
      lines.push(line);
      const found = /^tagwright serves at (\S+)$/.exec(line)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('close', () => {
      reject(new Error(`serve ended:\n${lines.slice(-20).join('\n')}`));
    });
  });
}

function waitingIn(metrics: ReadonlyMap<string, number>): number {
  const of = (state: string): number => metrics.get(`tagwright_queue_messages{state="${state}"}`) ?? 0;
  return of('ready') + of('in_flight');
}

function parseMetrics(text: string): ReadonlyMap<string, number> {
  const values = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([^#\s][^ ]*) (\S+)$/.exec(line);
    if (match !== null) values.set(match[1]!, Number(match[2]));
  }
  return values;
}
